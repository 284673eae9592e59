import type { Endpoint } from "./job.ts";

/**
 * How a connection attempt ended, as PATHspider numbers it (`spdr_state`):
 * 0 ok, 1 failed, 2 timeout, 3 skipped, 4 discard.
 */
export const STATE = { ok: 0, failed: 1, timeout: 2, skipped: 3, discard: 4 } as const;

/** One of the numbers of {@linkcode STATE}. */
export type State = typeof STATE[keyof typeof STATE];

/** How a connection attempt ended, in a word. `failed` is any error that has no word of its own. */
export type Outcome = "ok" | "refused" | "timeout" | "unreachable" | "reset" | "failed";

/** What an arm may ask of its own socket. Nothing outside this socket changes. */
export interface SocketOptions {
  /** Differentiated services codepoint, 0 to 63 (RFC 2474). */
  readonly dscp?: number;
  /** Firewall mark (`SO_MARK`). Cannot be set together with `ecn`. */
  readonly mark?: number;
  /** Ask for ECN in the SYN (RFC 3168, section 6.1.1), whatever the host's own setting. */
  readonly ecn?: boolean;
  /** Maximum segment size to announce, in octets (`TCP_MAXSEG`, 88 to 32767). */
  readonly mss?: number;
  /** Local port to bind; 0 or missing lets the kernel choose. */
  readonly bindPort?: number;
  /** Time to live, or hop limit, 1 to 255. */
  readonly ttl?: number;
  /**
   * TCP Fast Open (RFC 7413): `cookie` asks the target for a cookie, whether or not this host holds
   * one; `data` sends the first octets in the SYN, with the cookie that it holds.
   */
  readonly fastOpen?: "cookie" | "data";
  /** Send UDP datagrams with a checksum of zero, which says that there is none (RFC 768, RFC 6935). */
  readonly zeroChecksum?: boolean;
}

/** The socket's view of one connection. The wire's view is a flow record. */
export interface Connection {
  /** How it ended, as a number that goes into results. */
  readonly state: State;
  /** How it ended, as a word. */
  readonly outcome: Outcome;
  /** Name of the error, such as `ECONNREFUSED`; null when there was none. */
  readonly errno: string | null;
  /** Transport protocol number (6 TCP, 17 UDP). */
  readonly protocol: number;
  /** Our side; null when the attempt ended before the kernel chose one. */
  readonly local: Endpoint | null;
  /** The target's side. */
  readonly remote: Endpoint;
  /** When the attempt began, in milliseconds since 1970. */
  readonly start: number;
  /** When the socket was closed, in milliseconds since 1970. */
  readonly stop: number;
  /** What the connection type adds to the record, under its own snake_case names. */
  readonly fields: Readonly<Record<string, unknown>>;
}
