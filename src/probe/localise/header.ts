import type { IpHeader } from "../../contract/ip_header.ts";
import type { Quotation, TcpHeader } from "../../contract/transport_header.ts";
import { optionField, optionValue } from "./option_field.ts";

/** A field's value; null for an option that is not there. */
export type Value = number | string | boolean | null;

/** What was seen of the headers of one packet. A field that was not seen is missing. */
export interface Header {
  readonly fields: ReadonlyMap<string, Value>;
  /** Whether all TCP options were seen, so that one that is missing is not there. */
  readonly allOptions: boolean;
}

const TCP = 6;
/** TCP up to the sequence number: what RFC 792 has routers quote at least. */
const LEAST = 8;
const OFFSET = 12;
const NO_OPERATION = 1;

const FLAGS = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"] as const;

/** The headers of a packet that passed by. */
export function headerOf(tcp: TcpHeader): Header {
  return read(tcp.ip, tcp);
}

/** The headers of a packet that an ICMP error quotes, as far as it quotes them. */
export function quotedHeader({ ip, tcp }: Quotation): Header {
  return read(ip, tcp);
}

/** @param tcp null when not all of its fixed part was seen, or it is not TCP */
function read(ip: IpHeader, tcp: TcpHeader | null): Header {
  const fields = new Map<string, Value>(ipFields(ip));
  const octets = ip.protocol === TCP && ip.fragmentOffset === 0 ? ip.payload : new Uint8Array();
  if (octets.length >= LEAST) {
    const view = new DataView(octets.buffer, octets.byteOffset);
    fields.set("source_port", view.getUint16(0));
    fields.set("destination_port", view.getUint16(2));
    fields.set("sequence", view.getUint32(4));
  }
  if (tcp === null) return { fields, allOptions: false };
  fields.set("acknowledgment", tcp.acknowledgment);
  fields.set("flags", flagsText(tcp.flags));
  fields.set("reserved", octets[OFFSET]! & 0x0f);
  fields.set("window", tcp.window);
  fields.set("urgent", tcp.urgent);
  const allOptions = octets.length >= tcp.headerLength;
  for (const [field, value] of optionFields(tcp)) fields.set(field, value);
  return { fields, allOptions };
}

/** Time to live and checksum are left out: every hop changes them. */
function ipFields(ip: IpHeader): [string, Value][] {
  const both: [string, Value][] = [
    ["source", ip.source],
    ["destination", ip.destination],
    ["dscp", ip.dscp],
    ["ecn", ip.ecn],
    ["length", ip.length],
  ];
  if (ip.version === 6) return [...both, ["flow_label", ip.flowLabel]];
  return [...both, ["id", ip.id], ["evil", ip.evil], ["df", ip.df]];
}

/** Options by their fields; what stands twice is joined. No-operations are padding. */
function optionFields(tcp: TcpHeader): Map<string, Value> {
  const fields = new Map<string, Value>();
  for (const { kind, data } of tcp.options()) {
    if (kind === NO_OPERATION) continue;
    const field = optionField(kind);
    const before = fields.get(field);
    const value = optionValue(kind, data);
    fields.set(field, before === undefined ? value : `${before} ${value}`);
  }
  return fields;
}

function flagsText(flags: number): string {
  return FLAGS.filter((_, bit) => flags >> bit & 1).toReversed().join(" ");
}
