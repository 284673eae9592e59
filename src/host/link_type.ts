import { fromC, libpcap } from "./libpcap.ts";

/**
 * The link types of capture files whose number in libpcap's calls is another one on Linux
 * (pcap/dlt.h).
 */
const RENUMBERED: readonly (readonly [linkType: number, dlt: number])[] = [
  [100, 11], // ATM_RFC1483
  [101, 12], // RAW
  [102, 13], // SLIP_BSDOS
  [103, 14], // PPP_BSDOS
  [106, 19], // ATM_CLIP
];

/** The number that libpcap's calls have for a link type of a file. */
export function dltOf(linkType: number): number {
  return RENUMBERED.find(([type]) => type === linkType)?.[1] ?? linkType;
}

/** The number that files have for a link type of libpcap's calls. */
export function linkTypeOf(dlt: number): number {
  return RENUMBERED.find(([, number]) => number === dlt)?.[0] ?? dlt;
}

/** The number in files that stands for none: no link type has it. */
export const NO_LINK_TYPE = 0xffff;

/**
 * The name of a link type, by its number in files or in libpcap's calls, such as `EN10MB`; its number
 * when it has none, and `unknown` for {@linkcode NO_LINK_TYPE}.
 */
export function linkName(linkType: number): string {
  return nameOf(linkType) ?? (linkType === NO_LINK_TYPE ? "unknown" : String(linkType));
}

/** The same for sentences, with the number that files have for it: `link type EN10MB (1)`. */
export function linkPhrase(linkType: number): string {
  const name = nameOf(linkType);
  if (name !== null) return `link type ${name} (${linkTypeOf(linkType)})`;
  return linkType === NO_LINK_TYPE ? "an unknown link type" : `link type ${linkType}`;
}

function nameOf(linkType: number): string | null {
  return fromC(libpcap().pcap_datalink_val_to_name(dltOf(linkType))) || null;
}
