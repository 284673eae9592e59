import type { IpSpec, TcpOptionSpec } from "../../contract/packet.ts";

/** The transport of a line of the packet language. */
export type DraftKind = "tcp" | "udp" | "icmp" | "other" | "forged";

/** A value that can be written: what is left out of a line is missing. */
type Writable<T> = { -readonly [K in keyof T]?: T[K] | undefined };

/** One line of the packet language, read: only what it says. */
export interface Draft {
  /** Its line in the text, from 1. */
  readonly line: number;
  /** From the client to the server. */
  readonly forward: boolean;
  kind: DraftKind;
  /** Milliseconds since the packet before. */
  after: number;
  readonly ip: Writable<IpSpec>;
  readonly options: TcpOptionSpec[];
  /** Fields of the transport header as numbers, by their names in the specification of a packet. */
  readonly fields: Record<string, number>;
  payload: Uint8Array | undefined;
  /** Sent once more: the sequence number of the packet before it that way. */
  again: boolean;
  /** The type of the ICMP message, as a word; null when it is a number in `fields`. */
  message: string | null;
  /** Octets that an ICMP error quotes; undefined for the usual number. */
  quote: number | undefined;
}

/** A line with only a direction. */
export function emptyDraft(line: number, forward: boolean): Draft {
  return {
    line,
    forward,
    kind: "tcp",
    after: 1,
    ip: {},
    options: [],
    fields: {},
    payload: undefined,
    again: false,
    message: null,
    quote: undefined,
  };
}
