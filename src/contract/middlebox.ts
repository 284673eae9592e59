import type { Manifest } from "./manifest.ts";

/** What stands behind the colon of a middlebox's name, as 536 in `mss-clamp:536`. */
export interface MiddleboxValue {
  /**
   * MANDATORY. A `probability` is written as 0.02 or 2%, a `rate` of bits a second as 10mbit, a time in
   * `milliseconds` as 20, 20ms or 1.5s.
   */
  readonly type: "integer" | "probability" | "milliseconds" | "rate" | "string";
  /** MANDATORY. What it means, with its unit; one line without a full stop. */
  readonly summary: string;
  /** OPTIONAL. What holds when nothing stands there. Without it something must. */
  readonly default?: number | string;
  /** OPTIONAL. The least value of a number. */
  readonly minimum?: number;
  /** OPTIONAL. The greatest value of a number. */
  readonly maximum?: number;
  /** OPTIONAL. What a text must look like; a regular expression for all of it. */
  readonly pattern?: string;
}

/**
 * What was given for it: a number, or a text where its type is `string`. A middlebox without a value
 * gets 0. Declare the parameter as the type that it is.
 */
export type MiddleboxArgument = number | string;

/** Which way a packet goes: `forward` to what lies behind the middlebox, `reverse` back from it. */
export type TransitDirection = "forward" | "reverse";

/** How rules of nftables refer to the packets of one IP version that a middlebox is to meet. */
export interface RulePlace {
  /** The version's name in a statement: `ip ecn set ce`. */
  readonly ip: "ip" | "ip6";
  /** What a rule for packets that go forward begins with; it may be empty. Null where none is wanted. */
  readonly forward: string | null;
  /** The same for packets that come back. */
  readonly reverse: string | null;
  /** Both, or the one that is wanted. */
  readonly both: readonly string[];
  /** What rules for ICMP errors begin with that quote such packets, whoever sends them. */
  readonly errors: readonly string[];
}

/** A packet on its way, whole, from its IP header on. It is lent for the call. */
export interface TransitPacket {
  readonly version: 4 | 6;
  /** Protocol number of the transport, behind extension headers of IPv6. */
  readonly protocol: number;
  readonly direction: TransitDirection;
  /** Octets of the IP packet. */
  readonly octets: number;
  readonly source: string;
  readonly destination: string;
  /** 0 where the protocol has none, or a fragment does not have them. */
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Whether it is a fragment. */
  readonly isFragment: boolean;
  /** ECN field, 0 to 3 (RFC 3168, section 5). May be set. */
  ecn: number;
  /** DSCP, 0 to 63 (RFC 2474, section 3). May be set. */
  dscp: number;
  /** Flags of a TCP segment, AE = 0x100 to FIN; 0 of what is none. May be set. */
  tcpFlags: number;
  /** IPv4: the reserved flag, the evil bit (RFC 3514); false over IPv6. May be set over IPv4. */
  reserved: boolean;
  /** The checksum of TCP, UDP or ICMP, right or wrong; 0 where there is none. */
  readonly checksum: number;
  /** Octets behind the header of TCP or UDP; 0 of anything else. */
  readonly payloadLength: number;
  /** The same for both ways of a flow. */
  readonly flow: string;
  /** A copy of those octets. */
  payload(): Uint8Array;
  /** Overwrites octets of it from an offset on; false where it has not so many. */
  writePayload(offset: number, octets: Uint8Array): boolean;
  /** A copy of a TCP option, with its kind and length; null when it is not there. */
  option(kind: number): Uint8Array | null;
  /** Takes a TCP option out. */
  removeOption(kind: number): void;
  /** Overwrites a TCP option with NOPs. */
  blankOption(kind: number): void;
  /** Puts a TCP option behind the others; false where there is no room for it. */
  addOption(option: Uint8Array): boolean;
  /**
   * Puts an object behind what an ICMP error quotes (RFC 4884, sections 4 and 7); false for another
   * packet, or one that has some already.
   */
  addIcmpExtension(classNumber: number, type: number, object: Uint8Array): boolean;
  /** Protocol numbers of its extension headers (IPv6), in their order. */
  extensions(): readonly number[];
  /** What a segment that begins a TLS handshake says; null for any other packet. */
  clientHello(): ClientHello | null;
}

/** A ClientHello (RFC 8446, section 4.1.2), as one segment has it. */
export interface ClientHello {
  /** The name in its extension server_name (RFC 6066, section 3), lower case; null when it is not there. */
  readonly serverName: string | null;
  /** The protocols that it offers (RFC 7301), as far as the segment has them; empty without any. */
  readonly protocols: readonly string[];
  /** Whether the segment has all of its first record. */
  readonly isWhole: boolean;
}

/** What limits which packets a middlebox meets. */
export type Narrowing = "to" | "port" | "direction" | "probability";

/**
 * What becomes of a packet: nothing special, dropped, dropped and answered, held for some milliseconds,
 * sent again. The answers are `reset`, a RST as from where it was going to, and `prohibit`, ICMP's
 * administratively prohibited; only a simulated network gives them.
 */
export type TransitVerdict =
  | undefined
  | "drop"
  | "reset"
  | "prohibit"
  | { readonly delay: number }
  | { readonly copies: number };

/** What a program of packets is given. */
export interface TransitTools {
  /** A number from 0 to 1, from the lab's seed. */
  random(): number;
  /** A steady clock, in milliseconds. */
  now(): number;
  /** Something to remember about each flow, of the last 65,536 flows. */
  memory<T>(): Pick<Map<string, T>, "get" | "set">;
}

/** Looks at one packet, may change it, and says what becomes of it. */
export type TransitProgram = (packet: TransitPacket) => TransitVerdict;

/**
 * Something on a path that changes, drops, delays or answers some packets. It has rules of nftables
 * where those can do it, which the kernel follows at its own speed, or else a program. Beside rules a
 * program says the same where there is no kernel: in a simulated network.
 */
export interface Middlebox extends Manifest {
  readonly kind: "middlebox";
  /** OPTIONAL. What stands behind the colon. */
  readonly value?: MiddleboxValue;
  /**
   * OPTIONAL. What it may be told besides: `to` which addresses lie behind it, one `port`, one
   * `direction`, with which `probability`. All when missing.
   */
  readonly narrows?: readonly Narrowing[];
  /** OPTIONAL. Its rules for one IP version, each a line, in a chain of the hook `forward`. */
  rules?(place: RulePlace, value: MiddleboxArgument): readonly string[];
  /** OPTIONAL. Chains of a table of its own, for other hooks, each as nft writes it. */
  chains?(places: readonly RulePlace[], value: MiddleboxArgument): readonly string[];
  /** OPTIONAL. Kernel settings that its router must have, such as `net.netfilter.nf_conntrack_tcp_loose`. */
  readonly sysctls?: Readonly<Record<string, string>>;
  /**
   * OPTIONAL. A TCP port of its router where connections are taken that its chains redirect there, and
   * are led on to where they were going by sockets of the router's own.
   */
  readonly relays?: number;
  /**
   * OPTIONAL. Which packets its program meets: those that go through its router, when missing, or ICMP
   * messages that the router sends itself.
   */
  readonly at?: "forward" | "output";
  /** OPTIONAL. Begins its program. Beside rules or chains it runs in simulated networks only. */
  program?(value: MiddleboxArgument, tools: TransitTools): TransitProgram;
}
