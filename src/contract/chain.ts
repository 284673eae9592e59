import type { Ip4Header, Ip6Header, IpHeader } from "./ip_header.ts";
import type { Manifest } from "./manifest.ts";
import type { IcmpHeader, TcpHeader, TransportHeader, UdpHeader } from "./transport_header.ts";

/** The type of a chain's field, for lists and columns; with `?` it may be null. */
export type ChainFieldType =
  | `${"boolean" | "integer" | "number" | "string"}${"" | "?"}`
  | "json";

/** One field that a chain adds to the flow record. */
export interface ChainField<Value> {
  /** MANDATORY. What it holds; `json` is any value that JSON has. */
  readonly type: ChainFieldType;
  /** MANDATORY. What it means, with its unit; one line without a full stop. */
  readonly summary: string;
  /** MANDATORY. Its value in a new flow; each flow has its own copy of an object or array. */
  readonly initial: Value;
}

/** Fields by their names. */
export type ChainFields = Readonly<Record<string, ChainField<unknown>>>;

/** What a hook may return: `false` has the meaning described at the hook, anything else none. */
export type Answer = boolean | void;

/**
 * A chain in JavaScript: fields of the flow record, and functions that fill them packet by packet.
 * `Fields` are its fields' names and types. The default export of its module, or an object in the
 * `chains` of a spider.
 *
 * For each packet `ip4` or `ip6` is called, then the hook of its transport. A later fragment has
 * no transport header, and so no call for one, and neither has a first one that ends within it. Of
 * several chains, each hook is called in the order in which the chains are named. `rec` is the
 * flow's record with the fields of all chains in JavaScript, and no others; for more of its own a
 * chain may keep a `WeakMap` from `rec`. `rev` is true when the packet goes against the flow's
 * first one. A chain from a URL runs in a worker: its `rec` has its own fields alone, and it is
 * shown batches of packets after the chains that run in the program.
 *
 * `false` from another hook than `newFlow` says that the chain has what it waits for. It ends the
 * wait of a measurement, which may then conclude; a flow of a capture goes on, since its record is
 * not to hang on which chains are on.
 *
 * Hooks are called for every packet: they must not be async, and what they throw ends the run.
 *
 * @example A chain that counts SYNs
 * ```ts
 * import type { Chain } from "./chain.ts";
 *
 * const syns = {
 *   name: "syns",
 *   summary: "SYNs each way",
 *   fields: {
 *     syns_fwd: { type: "integer", summary: "SYNs forward", initial: 0 },
 *     syns_rev: { type: "integer", summary: "SYNs in reverse", initial: 0 },
 *   },
 *   tcp(rec, tcp, rev) {
 *     if (tcp.syn) rec[rev ? "syns_rev" : "syns_fwd"]++;
 *   },
 * } satisfies Chain<{ syns_fwd: number; syns_rev: number }>;
 *
 * if (syns.fields.syns_fwd.initial !== 0) throw new Error("starts at 0");
 * ```
 */
export interface Chain<Fields extends object = object> extends Partial<Omit<Manifest, "kind">> {
  /** OPTIONAL. */
  readonly kind?: "chain";
  /**
   * MANDATORY, except for the default export of a file, which is named after the file when missing.
   */
  readonly name: string;
  /** MANDATORY. Every field that it sets; lower case with underscores, as no other chain's is. */
  readonly fields: { readonly [Name in keyof Fields]: ChainField<Fields[Name]> };
  /**
   * OPTIONAL. The first packet of a flow; its other hooks follow. `false`: the flow is ignored. It
   * gets no record, and no hook of any chain sees its packets until it was idle for long enough.
   */
  newFlow?(rec: Fields, ip: IpHeader): Answer;
  /** OPTIONAL. A packet over IPv4. `false`: it has what it waits for. */
  ip4?(rec: Fields, ip: Ip4Header, rev: boolean): Answer;
  /** OPTIONAL. A packet over IPv6. `false`: it has what it waits for. */
  ip6?(rec: Fields, ip: Ip6Header, rev: boolean): Answer;
  /**
   * OPTIONAL. An ICMP message. An error that quotes a packet of a flow is one of that flow's
   * packets, and goes against what it quotes. `false`: it has what it waits for.
   */
  icmp4?(rec: Fields, icmp: IcmpHeader, rev: boolean): Answer;
  /** OPTIONAL. An ICMPv6 message, as `icmp4`. `false`: it has what it waits for. */
  icmp6?(rec: Fields, icmp: IcmpHeader, rev: boolean): Answer;
  /** OPTIONAL. A TCP segment. `false`: it has what it waits for. */
  tcp?(rec: Fields, tcp: TcpHeader, rev: boolean): Answer;
  /** OPTIONAL. A UDP datagram. `false`: it has what it waits for. */
  udp?(rec: Fields, udp: UdpHeader, rev: boolean): Answer;
  /** OPTIONAL. A packet of any other transport. `false`: it has what it waits for. */
  l4?(rec: Fields, header: TransportHeader, rev: boolean): Answer;
}
