import { PACKING_BEGIN, packingOf } from "../host/packing.ts";

/** Files that are not text, identified by their first octets, and what to do about them. */
const FOREIGN: readonly { readonly begin: readonly number[]; readonly advice: string }[] = [
  { begin: [0x50, 0x4b, 0x03, 0x04], advice: "is a zip archive; unpack it first" },
  { begin: [0xff, 0xfe], advice: "is UTF-16; convert it to UTF-8 first" },
  { begin: [0xfe, 0xff], advice: "is UTF-16; convert it to UTF-8 first" },
];

/** How many octets are needed to identify a file. */
export const BEGINNING = Math.max(PACKING_BEGIN, ...FOREIGN.map(({ begin }) => begin.length));

/** What to do about a file that begins so; null when it can be read. */
export function foreignAdvice(begin: Uint8Array): string | null {
  const packing = packingOf(begin);
  if (packing?.name === "gzip") return null;
  if (packing !== null) return `is packed with ${packing.name}; unpack it first`;
  return FOREIGN.find((form) => form.begin.every((octet, at) => begin[at] === octet))?.advice ??
    null;
}
