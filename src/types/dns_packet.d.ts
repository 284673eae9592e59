/** What this program uses of `dns-packet`, which comes without types. */
import type { Buffer } from "node:buffer";

/** A question (RFC 1035, section 4.1.2); names without a dot at their end, `.` for the root. */
export interface Question {
  readonly name: string;
  readonly type: string;
  readonly class?: string;
}

/**
 * A resource record. Its data depends on the type; octets for types that the library does not know.
 */
export interface DnsRecord {
  readonly name: string;
  readonly type: string;
  readonly ttl?: number;
  readonly data?: unknown;
  /** Of OPT (RFC 6891, section 6.1.3): the upper eight bits of the RCODE. */
  readonly extendedRcode?: number;
}

/** A message that was decoded. */
export interface Message {
  readonly flags: number;
  readonly rcode: string;
  readonly questions: readonly Question[];
  readonly answers: readonly DnsRecord[];
  readonly additionals: readonly DnsRecord[];
}

/** A message to encode. */
export interface Query {
  readonly type: "query" | "response";
  readonly id: number;
  readonly flags: number;
  readonly questions: readonly Question[];
  readonly answers?: readonly DnsRecord[];
  readonly additionals?: readonly (DnsRecord & { readonly udpPayloadSize?: number })[];
}

interface DnsPacket {
  encode(message: Query): Uint8Array<ArrayBuffer>;
  readonly decode: {
    /** Throws when the octets are no message. */
    (octets: Buffer): Message;
    /** How many octets the last call took. */
    readonly bytes: number;
  };
  readonly RECURSION_DESIRED: number;
}

declare const dnsPacket: DnsPacket;
export default dnsPacket;
