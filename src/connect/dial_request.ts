import type { SocketOptions } from "../contract/connection.ts";
import type { Endpoint } from "../contract/job.ts";

/** One connection to make. */
export interface DialRequest {
  /** The target's address and port. */
  readonly remote: Endpoint;
  /** What the arm asks of the socket. */
  readonly socket: SocketOptions;
  /** For the whole connection, handshake and exchange, in milliseconds. */
  readonly timeoutMs: number;
  /** Whether a TCP connection ends by RST, so that another one may have its port at once. */
  readonly reset?: boolean;
  /**
   * Called once, before `connect` returns, as soon as the kernel has chosen our address and port,
   * with the transport's protocol number; not called when it chose none.
   *
   * @param since when the kernel was asked, in milliseconds since 1970 by the clock that captured
   *   packets are stamped with, and never later than that
   * @param to where it goes, where that is not `remote`
   */
  onLocal?(local: Endpoint, protocol: number, since: number, to?: Endpoint): void;
}
