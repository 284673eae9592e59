import { nthOf } from "./layers.ts";
import type { Told } from "./tshark.ts";

/** A TCP option. */
export interface TcpOption {
  readonly kind: number;
  /** Its length octet; null for end and no-operation, which have none. */
  readonly length: number | null;
  /** Its experiment identifier (RFC 6994), if it has one. */
  readonly experiment: number | null;
}

/** A TCP header. */
export interface Segment {
  readonly flags: number;
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly window: number;
  /** Whether the capture cut its options before their end. */
  readonly cut: boolean;
  /** Whether tshark does not read all options, since it does not understand one. */
  readonly broken: boolean;
  /** Octets behind the header. */
  readonly payload: number;
  /** Its options in their order, up to the end of the list or to what was captured. */
  readonly options: readonly TcpOption[];
  readonly mss: number | null;
  readonly scale: number | null;
  readonly timestamps: readonly [value: number, echo: number] | null;
}

/** A number, or null where tshark prints none. */
export const number = (text: string | undefined) => text === undefined ? null : Number(text);
/** Whether a flag is set, in either way that tshark says so. */
export const flag = (text: string | undefined) => text === "1" || text === "True";

/** What stands for the ports of an ICMP message: the asker's identifier, and the question. */
export interface Subject {
  readonly sourcePort: string;
  readonly destinationPort: string;
}

/** Questions by the types of their answers, of both versions. */
const QUESTIONS = {
  icmp: { 0: 8, 14: 13, 16: 15, 18: 17, 43: 42 },
  icmpv6: { 129: 128, 161: 160 },
} as const;

/** The nth ICMP message's subject, and its identifier where it is a query. */
export function subjectOf(
  told: Told,
  layer: "icmp" | "icmpv6",
  nth: number,
): Subject & { readonly identifier: number | null } {
  const type = Number(told(`${layer}.type`)[nth]);
  const questions: Readonly<Record<number, number>> = QUESTIONS[layer];
  const asked = Object.values(questions).includes(type) ? type : questions[type];
  if (asked === undefined) {
    const subject = `type ${type}`;
    return { sourcePort: subject, destinationPort: subject, identifier: null };
  }
  // Of ICMP it says each one in both byte orders
  const said = layer === "icmp" ? told("icmp.ident") : told("icmpv6.echo.identifier");
  const queries = told(`${layer}.type`).slice(0, nth).filter((other) =>
    Object.entries(questions).flat().map(Number).includes(Number(other))
  );
  const identifier = Number(said[queries.length * (layer === "icmp" ? 2 : 1)]);
  const [asker, other] = [`identifier ${identifier}`, `question ${asked}`];
  return type === asked
    ? { sourcePort: asker, destinationPort: other, identifier }
    : { sourcePort: other, destinationPort: asker, identifier };
}

/** The place in its columns of a layer of UDP, whose columns UDP-Lite has too. */
export function nthUdp(layers: readonly string[], at: number): number {
  return layers.slice(0, at).filter((layer) => layer === "udp" || layer === "udplite").length;
}

/** Ports of a layer behind IP; null where it has none. */
export function portsOf(told: Told, layers: readonly string[], at: number) {
  const top = layers[at];
  if (top !== "tcp" && top !== "udp" && top !== "udplite" && top !== "sctp" && top !== "dccp") {
    return { sourcePort: null, destinationPort: null };
  }
  const name = top === "udplite" ? "udp" : top;
  const nth = name === "udp" ? nthUdp(layers, at) : nthOf(layers, at);
  return {
    sourcePort: number(told(`${name}.srcport`)[nth]),
    destinationPort: number(told(`${name}.dstport`)[nth]),
  };
}

/** The TCP header, of `room` octets on the wire at most; null when it contradicts itself. */
export function segmentOf(told: Told, room: number, captured: number): Segment | null {
  const header = Number(told("tcp.hdr_len")[0]);
  if (!(header >= 20 && header <= room)) return null;
  const options = optionsOf(told, Math.min(captured, header) - 20);
  const [value] = told("tcp.options.timestamp.tsval");
  const [echo] = told("tcp.options.timestamp.tsecr");
  return {
    flags: Number(told("tcp.flags")[0]) & 0x1ff,
    sequence: Number(told("tcp.seq_raw")[0]),
    acknowledgement: Number(told("tcp.ack_raw")[0]),
    window: Number(told("tcp.window_size_value")[0]),
    cut: captured < header && !options.some(({ kind }) => kind === 0),
    broken: told("_ws.malformed").length > 0,
    // It does not say in a fragment
    payload: number(told("tcp.len")[0]) ?? room - header,
    options,
    mss: number(told("tcp.options.mss_val")[0]),
    scale: number(told("tcp.options.wscale.shift")[0]),
    timestamps: value === undefined || echo === undefined ? null : [Number(value), Number(echo)],
  };
}

/** The options that are completely within a number of octets. */
function optionsOf(told: Told, room: number): TcpOption[] {
  const lengths = told("tcp.option_len").map(Number);
  const experiments = told("tcp.options.experimental.exid").map(Number);
  const options: TcpOption[] = [];
  for (const kind of told("tcp.option_kind").map(Number)) {
    const length = kind > 1 ? lengths.shift() ?? Infinity : null;
    room -= length ?? 1;
    if (room < 0) break;
    const experiment = kind === 253 || kind === 254 ? experiments.shift() : unknown(told, length);
    options.push({ kind, length, experiment: kind < 253 ? null : experiment ?? null });
    if (kind === 0) break;
  }
  return options;
}

/** The first two octets of an option that tshark does not know, found by its length. */
function unknown(told: Told, length: number | null): number | undefined {
  const payload = told("tcp.options.unknown.payload")
    .find((octets) => octets.length / 2 + 2 === length);
  return payload === undefined ? undefined : parseInt(payload.slice(0, 4), 16);
}

/** Types and classes of a DNS message; of OPT tshark shows no class. */
const KINDS = ["dns.qry.type", "dns.qry.class", "dns.resp.type", "dns.resp.class"] as const;
const isZero = (value: string) => Number(value) === 0;

/**
 * Whether it is a DNS response with assigned operation and result, of which tshark can read every
 * part; null of a fragment whose own part is right, since it does not say how long the record is that
 * is cut.
 */
export function isDnsResponse(told: Told, fragment: boolean): boolean | null {
  // Over TCP tshark takes a truncated message for the beginning of a longer one, even at the end
  const [length, octets] = [told("dns.length")[0], told("tcp.len")[0]];
  const isWhole = !fragment && length === undefined || Number(length) + 2 <= Number(octets);
  // Nor of a fragment that more is announced than the message has room for
  const room = length === undefined ? Infinity : Number(length);
  if (12 + 5 * Number(told("dns.count.queries")[0]) + 11 * recordsOf(told) > room) return false;
  // It reads also what is in records, and does not say whether that was wrong
  const hasServices = told("dns.resp.type").some((type) => type === "64" || type === "65");
  if (hasServices && told("_ws.malformed").length > 0) return null;
  const isRight = flag(told("dns.flags.response")[0]) && told("_ws.malformed").length === 0 &&
    !(isWhole && told("_ws.unreassembled").length > 0) &&
    [0, 2, 4, 5, 6].includes(Number(told("dns.flags.opcode")[0])) &&
    Number(told("dns.flags.rcode")[0]) <= 11 && KINDS.every((field) => !told(field).some(isZero));
  return isRight && fragment && told("_ws.unreassembled").length > 0 ? null : isRight;
}

/** How many records a DNS message announces. */
function recordsOf(told: Told): number {
  const counts = ["dns.count.answers", "dns.count.auth_rr", "dns.count.add_rr"] as const;
  return counts.reduce((sum, count) => sum + Number(told(count)[0] ?? 0), 0);
}

/** Type and code of an ICMP message. */
export function messageOf(told: Told, layer: "icmp" | "icmpv6") {
  const [type] = told(`${layer}.type`);
  if (type === undefined) return null;
  return { type: Number(type), code: Number(told(`${layer}.code`)[0]) };
}
