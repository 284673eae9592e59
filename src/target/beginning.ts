import { GZIP_MAGIC } from "../host/gzip_magic.ts";

/** Files that are not text, identified by their first octets, and what to do about them. */
const FOREIGN: readonly { readonly begin: readonly number[]; readonly advice: string }[] = [
  { begin: [0x28, 0xb5, 0x2f, 0xfd], advice: "is packed with zstd; unpack it first" },
  { begin: [0xfd, 0x37, 0x7a, 0x58, 0x5a], advice: "is packed with xz; unpack it first" },
  { begin: [0x42, 0x5a, 0x68], advice: "is packed with bzip2; unpack it first" },
  { begin: [0x50, 0x4b, 0x03, 0x04], advice: "is a zip archive; unpack it first" },
  { begin: [0xff, 0xfe], advice: "is UTF-16; convert it to UTF-8 first" },
  { begin: [0xfe, 0xff], advice: "is UTF-16; convert it to UTF-8 first" },
];

/** How many octets are needed to identify a file. */
export const BEGINNING = Math.max(GZIP_MAGIC.length, ...FOREIGN.map(({ begin }) => begin.length));

/** What to do about a file that begins so; null when it can be read. */
export function foreignAdvice(begin: Uint8Array): string | null {
  return FOREIGN.find((form) => form.begin.every((octet, at) => begin[at] === octet))?.advice ??
    null;
}
