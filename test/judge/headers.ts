import { flag, number } from "./transport.ts";
import type { Told, TsharkField } from "./tshark.ts";

/** An IPv6 extension header: its protocol number and where tshark says what follows and how long it is. */
interface Extension {
  readonly number: number;
  readonly next: TsharkField;
  readonly length: (told: Told, nth: number) => number;
}

const octets = (column: TsharkField) => (told: Told, nth: number) => Number(told(column)[nth]);
/** Of a length in units of eight octets beyond the first eight. */
const units = (column: TsharkField) => (told: Told, nth: number) =>
  (Number(told(column)[nth]) + 1) * 8;

const EXTENSIONS: Readonly<Record<string, Extension>> = {
  "ipv6.hopopts": { number: 0, next: "ipv6.hopopts.nxt", length: octets("ipv6.hopopts.len_oct") },
  "ipv6.routing": { number: 43, next: "ipv6.routing.nxt", length: octets("ipv6.routing.len_oct") },
  "ipv6.fraghdr": { number: 44, next: "ipv6.fraghdr.nxt", length: () => 8 },
  "ah": {
    number: 51,
    next: "ah.next_header",
    length: (told, nth) => (Number(told("ah.length")[nth]) + 2) * 4,
  },
  "mipv6": { number: 135, next: "mip6.proto", length: units("mip6.hlen") },
  "hip": { number: 139, next: "hip.proto", length: units("hip.hdr_len") },
  "ipv6.dstopts": { number: 60, next: "ipv6.dstopts.nxt", length: octets("ipv6.dstopts.len_oct") },
};
/** What follows an IP header: its layer, its protocol, and the octets of headers before it. */
export interface Behind {
  readonly at: number;
  readonly protocol: number;
  readonly headers: number;
  /** When it is a fragment: which datagram of these addresses it belongs to, and from where on. */
  readonly fragment: { readonly datagram: string; readonly offset: number } | null;
}

/** What follows the first IP header or the second; null where tshark does not get there. */
export function behind(
  layers: readonly string[],
  from: number,
  told: Told,
  nth: number,
): Behind | null {
  if (layers[from] === "ip") {
    const [length, protocol] = [told("ip.hdr_len")[nth], told("ip.proto")[nth]];
    if (length === undefined || protocol === undefined) return null;
    const offset = Number(told("ip.frag_offset")[nth]);
    const whole = offset === 0 && !flag(told("ip.flags.mf")[nth]);
    const ah = EXTENSIONS.ah!;
    let at = from + 1;
    let inner: number | null = Number(protocol);
    let headers = Number(length);
    for (; layers[at] === "ah"; at++) {
      const before = layers.slice(0, at).filter((layer) => layer === "ah").length;
      inner = number(told(ah.next)[before]);
      headers += ah.length(told, before);
    }
    if (inner === null || Number.isNaN(headers) || inner === ah.number && offset === 0) return null;
    return {
      at,
      protocol: inner,
      headers,
      fragment: whole ? null : { datagram: `${protocol} ${told("ip.id")[nth]}`, offset },
    };
  }
  let protocol = number(told("ipv6.nxt")[nth]);
  let headers = 40;
  let fragment: Behind["fragment"] = null;
  let at = from + 1;
  for (let extension; (extension = EXTENSIONS[layers[at]!]) !== undefined; at++) {
    const before = layers.slice(0, at).filter((layer) => layer === layers[at]).length;
    protocol = number(told(extension.next)[before]);
    headers += extension.length(told, before);
    if (layers[at] !== "ipv6.fraghdr") continue;
    const offset = Number(told("ipv6.fraghdr.offset")[before]);
    // The only one of its datagram is whole (RFC 6946)
    if (offset === 0 && !flag(told("ipv6.fraghdr.more")[before])) continue;
    fragment = { datagram: told("ipv6.fraghdr.ident")[before] ?? "", offset };
  }
  // A header that should follow, but is not there
  const stops = Object.values(EXTENSIONS).some((extension) => extension.number === protocol);
  if (protocol === null || Number.isNaN(headers)) return null;
  return stops && !fragment?.offset ? null : { at, protocol, headers, fragment };
}
