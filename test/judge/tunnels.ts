/** Tunnels as tshark tells them. */
import { type Around, noted } from "./headers_around.ts";
import { nthOf } from "./layers.ts";
import { number } from "./transport.ts";
import type { Told } from "./tshark.ts";

/** What a packet carries. */
export interface Carrier {
  readonly layers: readonly string[];
  /** The layer behind its IP header. */
  readonly at: number;
  readonly version: 4 | 6;
  readonly protocol: number;
  readonly source: string;
  readonly destination: string;
  readonly destinationPort: number | null;
  readonly around: Around;
}

/** The layer behind a tunnel's header, and what is around it then. */
export interface Inside {
  readonly at: number;
  readonly around: Around;
}

/** What a packet's tunnel carries; null where it is none, or none that is followed. */
export function insideOf(carrier: Carrier, told: Told): Inside | null {
  switch (carrier.protocol) {
    case 4:
      return through(carrier, carrier.at, carrier.version === 4 ? "ipip" : "4in6");
    case 41:
      return through(carrier, carrier.at, carrier.version === 4 ? "6in4" : "6in6");
    case 47:
      return routed(carrier, told);
    case 17:
      return BY_PORT[carrier.destinationPort!]?.(carrier, told) ?? null;
  }
  return null;
}

/** Notes a tunnel: its two ends tell flows apart, and of what is said of it what `tells`. */
function through(
  { source, destination, around }: Carrier,
  at: number,
  said: string,
  tells = said,
): Inside | null {
  const more = noted(around, said, [tells, ...[source, destination].sort()].join(" "));
  return more && { at, around: more };
}

/** What a router redirects to a cache (WCCP), behind a header that some of its versions have: spider does not follow it. */
const REDIRECTED = 0x883e;
/** Bits of GRE that a receiver discards (RFC 2784, section 2.3). */
const DISCARDED = 0x4f00;

function routed(carrier: Carrier, told: Told): Inside | null {
  const { layers, at } = carrier;
  if (layers[at] !== "gre") return null;
  const nth = nthOf(layers, at);
  const all = told("gre.flags_and_version").map(Number);
  const flags = all[nth];
  if (flags === undefined || (flags & DISCARDED) !== 0) return null;
  const version = flags & 7;
  const isKeyed = (one: number) => (one & 0x2000) !== 0;
  if (version === 1) {
    const isData = isKeyed(flags) && (flags & 0x8000) === 0 && (flags & 0x1000) !== 0;
    if (!isData || Number(told("gre.proto")[nth]) !== 0x880b) return null;
    const call = told("gre.key.call_id")[all.slice(0, nth).filter((one) => (one & 7) === 1).length];
    return through(carrier, at + 1, `pptp:${Number(call)}`, "pptp");
  }
  if (version !== 0 || Number(told("gre.proto")[nth]) === REDIRECTED) return null;
  if (!isKeyed(flags)) return through(carrier, at + 1, "gre");
  const before = all.slice(0, nth).filter((one) => isKeyed(one) && (one & 7) === 0).length;
  return through(carrier, at + 1, `gre:${Number(told("gre.key")[before])}`);
}

/** How many datagrams before one went to either port of VXLAN, which have columns in common. */
function vxlansBefore({ layers, at }: Carrier, told: Told): number {
  const before = layers.slice(0, at).filter((layer) => layer === "udp").length;
  return told("udp.dstport").slice(0, before).filter((port) => port === "4789" || port === "4790")
    .length;
}

const BY_PORT: Readonly<Record<number, (carrier: Carrier, told: Told) => Inside | null>> = {
  1701: (carrier, told) => {
    const at = carrier.at + 1;
    if (carrier.layers[at] !== "l2tp") return null;
    const nth = nthOf(carrier.layers, at);
    const [type, version, tunnel, session] = [
      told("l2tp.type")[nth],
      told("l2tp.version")[nth],
      ...[number(told("l2tp.tunnel")[nth]), number(told("l2tp.session")[nth])],
    ];
    if (Number(type) !== 0 || Number(version) !== 2 || !tunnel || !session) return null;
    return through(carrier, at + 1, `l2tp:${tunnel}/${session}`, "l2tp");
  },
  2152: (carrier, told) => {
    const at = carrier.at + 1;
    if (carrier.layers[at] !== "gtp") return null;
    const nth = nthOf(carrier.layers, at);
    const isData = Number(told("gtp.flags")[nth]) >> 3 === 6 &&
      Number(told("gtp.message")[nth]) === 255;
    const endpoint = Number(told("gtp.teid")[nth]);
    return isData ? through(carrier, at + 1, `gtpu:${endpoint}`, "gtpu") : null;
  },
  4789: (carrier, told) => {
    const at = carrier.at + 1;
    if (carrier.layers[at] !== "vxlan") return null;
    const nth = vxlansBefore(carrier, told);
    const flags = Number(told("vxlan.flags")[nth]);
    const plain = told("vxlan.flags").slice(0, nth).filter((said) => said.length === 6).length;
    const group = Number(told("vxlan.gbp")[plain]);
    const isRight = flags & 0x8000 ? (flags & ~0x8048) === 0x0800 : flags === 0x0800 && group === 0;
    if (!isRight || Number(told("vxlan.reserved8")[nth]) !== 0) return null;
    return through(carrier, at + 1, `vxlan:${told("vxlan.vni")[nth]}`);
  },
  4790: (carrier, told) => {
    // The name of this layer it does not print
    const nth = vxlansBefore(carrier, told);
    const flags = Number(told("vxlan.flags")[nth]);
    if (flags !== 8 && flags !== 12 || Number(told("vxlan.reserved8")[nth]) !== 0) return null;
    return through(carrier, carrier.at + 1, `vxlan-gpe:${told("vxlan.vni")[nth]}`);
  },
  6081: (carrier, told) => {
    const at = carrier.at + 1;
    if (carrier.layers[at] !== "geneve") return null;
    const nth = nthOf(carrier.layers, at);
    const isRight = Number(told("geneve.version")[nth]) === 0 &&
      (Number(told("geneve.flags")[nth]) & 0xbf) === 0 &&
      Number(told("geneve.reserved")[nth]) === 0 &&
      Number(told("geneve.proto_type")[nth]) >= 0x600;
    const network = Number(told("geneve.vni")[nth]);
    return isRight ? through(carrier, at + 1, `geneve:${network}`) : null;
  },
};
