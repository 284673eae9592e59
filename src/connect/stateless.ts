import type { ConnectionOptions } from "../contract/arm.ts";
import type { Connection, SocketOptions } from "../contract/connection.ts";
import type { FlowRecord } from "../contract/flow.ts";
import type { Endpoint } from "../contract/job.ts";
import type { PacketSpec } from "../contract/packet.ts";

/**
 * How a probe carries its token, a keyed hash of the target, the arm and the round, so that its
 * answers give it back: nothing about a probe is remembered.
 */
export type Echo =
  /** TCP: the sequence number, which an answer acknowledges (RFC 9293, section 3.10.7.3). */
  | { readonly kind: "sequence" }
  /** DNS: the id, and the case of the letters of the question (RFC 1035, section 4.1.1). */
  | {
    readonly kind: "dns";
    /** Where the id stands, from the begin of the packet on. */
    readonly idAt: number;
    /** Where letters of the question stand, which the token makes upper case, one a bit. */
    readonly letters: readonly number[];
  }
  /** UDP: the token's 16 hexadecimal digits, lower case, at `at`; what answers repeats them. */
  | { readonly kind: "text"; readonly at: number }
  /** ICMP: identifier, sequence number, and 8 octets of payload at `at`, the highest first (RFC 792). */
  | { readonly kind: "echo"; readonly at: number };

/** What an arm asks of a packet. */
export interface StatelessAsk extends ConnectionOptions {
  readonly socket: SocketOptions;
}

/** An ICMP error about a probe. */
export interface IcmpError {
  readonly version: 4 | 6;
  readonly type: number;
  readonly code: number;
}

/** What answered a probe. */
export interface StatelessAnswer {
  /** What follows its transport header, as far as it was kept; an ICMP error has none. */
  readonly payload: Uint8Array;
  /** Octets of all of that on the wire. */
  readonly length: number;
  /** The error, where it is one. */
  readonly error: IcmpError | null;
}

/**
 * How a connection type sends and settles probes of which nothing is remembered: data and pure
 * functions, so that one packet serves for any number of targets.
 */
export interface Stateless {
  /** Whether the arms of a target leave from one source port, so that they go the same way. */
  readonly sharesPort: boolean;
  /** Whether it sends what an arm's `forge` makes; else such an arm cannot be sent. */
  readonly forges: boolean;
  /** The chains that {@linkcode settle} reads. */
  readonly chains: readonly string[];
  /** What an answer cannot change about a packet: why an arm cannot be sent; null when it can. */
  refuses?(ask: StatelessAsk): string | null;
  /**
   * The packet that an arm sends, with a token of its own.
   *
   * @throws {Failure} for an option that one packet cannot implement
   */
  packet(local: Endpoint, remote: Endpoint, ask: StatelessAsk): PacketSpec;
  /** What echoes the token of a packet, whose payload begins at `at`. */
  echo(packet: PacketSpec, at: number): Echo;
  /**
   * How a connection ended by what came back within the time; its times stay as they are. A field
   * whose value is `undefined` is one that an answer does not tell of which only the begin was kept.
   *
   * @param flow what the wire showed; the probe alone where nothing came
   */
  settle(
    connection: Connection,
    flow: FlowRecord,
    answer: StatelessAnswer | null,
    ask: StatelessAsk,
  ): Connection;
  /**
   * What the record of a connection that came up has beyond probe and answer: the type's own
   * connections go on after the answer, in a way that hangs on nothing else. Nothing when missing.
   */
  readonly completed?: Partial<FlowRecord>;
}
