import type { IpHeader } from "../../contract/ip_header.ts";
import type { Quotation, TcpHeader } from "../../contract/transport_header.ts";
import { optionField, optionValue } from "./option_field.ts";
import { IPPROTO_TCP } from "../../host/ip_protocol.ts";

/** A field's value; null for an option that is not there. */
export type FieldValue = number | string | boolean | null;

/** What was seen of the headers of one packet. A field that was not seen is missing. */
export interface Header {
  readonly fields: ReadonlyMap<string, FieldValue>;
  /** Whether all TCP options were seen, so that a missing one is absent. */
  readonly allOptions: boolean;
}

/** TCP up to the sequence number: what RFC 792 has routers quote at least. */
const LEAST = 8;
/** TCP without options. */
const FIXED = 20;
/** Up to the checksum: what follows, the urgent pointer, is zero most often. */
const NEARLY = 17;
const OFFSET = 12;
const END = 0;
const NO_OPERATION = 1;

const FLAGS = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"] as const;

/** The headers of a packet that passed by. */
export function headerOf(tcp: TcpHeader): Header {
  return read(tcp.ip, tcp);
}

/**
 * The headers of a packet that an ICMP error quotes, as far as it quotes them.
 *
 * @param filled zeros at the end may not be the packet's
 */
export function quotedHeader({ ip, tcp }: Quotation, filled: boolean): Header {
  return read(ip, tcp, filled);
}

/** @param tcp null when not all of its fixed part was seen, or it is not TCP */
function read(ip: IpHeader, tcp: TcpHeader | null, filled = false): Header {
  const fields = new Map<string, FieldValue>(ipFields(ip));
  const isFirst = ip.protocol === IPPROTO_TCP && ip.fragmentOffset === 0;
  const octets = isFirst ? seenOf(ip.payload, filled) : new Uint8Array();
  if (octets.length >= LEAST) {
    const view = new DataView(octets.buffer, octets.byteOffset);
    fields.set("source_port", view.getUint16(0));
    fields.set("destination_port", view.getUint16(2));
    fields.set("sequence", view.getUint32(4));
  }
  if (tcp === null || octets.length < (filled ? NEARLY : FIXED)) {
    return { fields, allOptions: false };
  }
  fields.set("acknowledgment", tcp.acknowledgment);
  fields.set("flags", flagsText(tcp.flags));
  fields.set("reserved", octets[OFFSET]! & 0x0f);
  fields.set("window", tcp.window);
  fields.set("urgent", tcp.urgent);
  const { options, whole } = optionFields(tcp, octets);
  for (const [field, value] of options) fields.set(field, value);
  // Behind the last option only padding may follow, of less than a word
  const allOptions = whole && octets.length > tcp.headerLength - 4;
  return { fields, allOptions };
}

/** The octets that are surely the packet's: up to the last one that is not zero. */
function seenOf(octets: Uint8Array, filled: boolean): Uint8Array {
  return filled ? octets.subarray(0, octets.findLastIndex((octet) => octet !== 0) + 1) : octets;
}

/** Time to live and checksum are left out: every hop changes them. */
function ipFields(ip: IpHeader): [string, FieldValue][] {
  const both: [string, FieldValue][] = [
    ["source", ip.source],
    ["destination", ip.destination],
    ["dscp", ip.dscp],
    ["ecn", ip.ecn],
    ["length", ip.length],
  ];
  if (ip.version === 6) return [...both, ["flow_label", ip.flowLabel]];
  return [...both, ["id", ip.id], ["evil", ip.evil], ["df", ip.df]];
}

/**
 * Options by their fields; what stands twice is joined. No-operations are padding.
 *
 * @param octets of the segment that were seen; `whole` is false when they end within the options, or
 *   hold what is none
 */
function optionFields(
  tcp: TcpHeader,
  octets: Uint8Array,
): { options: ReadonlyMap<string, FieldValue>; whole: boolean } {
  const options = new Map<string, FieldValue>();
  let end = FIXED;
  for (const { kind, data } of tcp.options()) {
    end = data.byteOffset + data.length - octets.byteOffset;
    if (end > octets.length) return { options, whole: false };
    if (kind === NO_OPERATION) continue;
    const field = optionField(kind);
    const before = options.get(field);
    const value = optionValue(kind, data);
    options.set(field, before === undefined ? value : `${before} ${value}`);
  }
  return { options, whole: end === tcp.headerLength || (octets[end] ?? END) === END };
}

function flagsText(flags: number): string {
  return FLAGS.filter((_, bit) => flags >> bit & 1).toReversed().join(" ");
}
