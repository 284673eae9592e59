/** Headers in front of IP as tshark tells them: how records name them, and what of them tells flows apart. */
import { flag, number } from "./transport.ts";
import { nthOf } from "./layers.ts";
import type { Told } from "./tshark.ts";

/** Headers around a packet, the outermost first. */
export interface Around {
  /** As records have them. */
  readonly headers: readonly string[];
  /** What tells flows with the same addresses and ports apart. */
  readonly apart: readonly string[];
}

/** An IP header: its layer, where it stands in the frame, and what is around it. */
export interface Found {
  readonly at: number;
  readonly place: number;
  readonly around: Around;
}

export const NOTHING: Around = { headers: [], apart: [] };
/** Headers that are followed at most. */
const MOST = 8;

/** A header more, and what of it tells flows apart, if anything does; null when there are too many. */
export function noted(
  { headers, apart }: Around,
  name: string,
  tells: string | null = null,
): Around | null {
  if (headers.length === MOST) return null;
  return { headers: [...headers, name], apart: tells === null ? apart : [...apart, tells] };
}

/** Layers between a frame's begin and IP that are followed; some are no headers but steps of tshark's. */
const FOLLOWED = new Set([
  ...["eth", "ethertype", "vlan", "ieee8021ad", "llc", "ppp"],
]);
/** Those that are so as the link alone: tshark follows IEEE 802.11 in GRE too. */
const LINKS = new Set([
  ...["sll", "null", "raw", "chdlc", "nflog", "pktap", "pcap_pktdata"],
  ...["prism", "wlancap", "radiotap", "wlan_radio", "wlan"],
]);
/** Those that `--no-decap` does not follow. */
const ENCAPSULATIONS = new Set([
  ...["ieee8021ah", "pppoes", "fr", "mpls", "pwethheuristic", "pwethcw", "pwethnocw"],
  ...["cmd", "nsh"],
]);
/** Link types of which LLC is a part. */
const WITH_LLC = ["wlan", "wlan_radio", "wlancap", "radiotap", "prism", "fr"];
/** Headers whose number tells flows apart. */
const TELLING = ["vlan", "pbb", "pppoe", "fr"];

function isFollowed(layers: readonly string[], at: number, told: Told, decap: boolean): boolean {
  const layer = layers[at]!;
  if (layer === "pppoes" && Number(told("pppoe.code")[nthOf(layers, at)]) !== 0) return false;
  // For the path's own maintenance (RFC 8300, section 2.2)
  if (layer === "nsh" && flag(told("nsh.Obit")[nthOf(layers, at)])) return false;
  const isLink = LINKS.has(layer) && !layers.slice(0, at).includes("ip") &&
    !layers.slice(0, at).includes("ipv6");
  if (isLink) return true;
  if (decap) return FOLLOWED.has(layer) || ENCAPSULATIONS.has(layer);
  if (layer === "llc") return WITH_LLC.includes(layers[0]!);
  // What a frame begins with is its link
  return FOLLOWED.has(layer) || at === 0 && ENCAPSULATIONS.has(layer);
}

/**
 * The IP header behind a layer and a place, with what is noted on the way; null where something stands
 * before it that is not followed.
 *
 * @param decap whether headers other than tags of VLANs are followed
 */
export function toIp(
  layers: readonly string[],
  from: { readonly at: number; readonly place: number; readonly around: Around },
  told: Told,
  decap: boolean,
): Found | null {
  for (let at = from.at; at < layers.length; at++) {
    const layer = layers[at]!;
    if (layer === "ip" || layer === "ipv6") {
      const place = number(told(`place.${layer}`)[nthOf(layers, at)]);
      if (place === null) return null;
      const around = notedBetween(told, from.place, place, from.around);
      if (decap || around === null) return around && { at, place, around };
      // Behind a tag of IEEE 802.1ad no layer is listed for one of 802.1ah
      const isBackbone = around.headers.some((header) => header.startsWith("pbb:"));
      return isBackbone ? null : { at, place, around: from.around };
    }
    if (!isFollowed(layers, at, told, decap)) return null;
  }
  return null;
}

/** What is around with the headers that stand between two places of the frame. */
function notedBetween(told: Told, from: number, to: number, around: Around): Around | null {
  return told("place.note").map((note) => note.split(" ") as [string, string, string])
    .filter(([place]) => Number(place) >= from && Number(place) < to)
    // VLAN 0 is none: the tag has a priority alone
    .filter(([, name, number]) => name !== "vlan" || number !== "0")
    .reduce<Around | null>((so, [, name, number]) => {
      const said = `${name}:${number}`;
      return so && noted(so, said, TELLING.includes(name) ? said : null);
    }, around);
}
