import { PACKING_BEGIN, packingOf } from "../../../src/host/packing.ts";

/**
 * What captures begin with: pcap in either byte order, of micro- and nanoseconds, pcap with the
 * Linux change of longer packet headers, and pcapng.
 */
const BEGINS = [
  ...["a1b2c3d4", "d4c3b2a1", "a1b23c4d", "4d3cb2a1"],
  ...["a1b2cd34", "34cdb2a1"],
  "0a0d0d0a",
];
const BEGIN = 4;

/** The regular files below a folder, in the order of their names; links are not followed. */
export function* filesBelow(folder: string): Generator<string> {
  const entries = [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1);
  for (const { name, isDirectory, isFile } of entries) {
    const path = `${folder}/${name}`;
    if (isDirectory) yield* filesBelow(path);
    else if (isFile) yield path;
  }
}

/** Whether octets begin as a capture does. */
export function beginsAsCapture(octets: Uint8Array): boolean {
  return octets.length >= BEGIN && BEGINS.includes(octets.slice(0, BEGIN).toHex());
}

/** Whether a file begins as a capture does, or is packed, so that only unpacking tells. */
export function mayBeCapture(path: string): boolean {
  const octets = new Uint8Array(Math.max(BEGIN, PACKING_BEGIN));
  using file = Deno.openSync(path);
  const begin = octets.subarray(0, file.readSync(octets) ?? 0);
  return beginsAsCapture(begin) || packingOf(begin) !== null;
}
