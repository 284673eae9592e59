/**
 * Octets of a target in a batch: its address in 16 octets (IPv4 as `::ffff:192.0.2.1`, RFC 4291,
 * section 2.5.5.2), its port in two, the higher first, and zeros.
 */
export const ROW = 24;
/** Where the port stands in a row. */
export const ROW_PORT = 16;
/** Octets of a row that say something: the first ones. */
export const ENTRY = ROW_PORT + 2;

/** The IP version of a row's target. */
export function versionOf(row: Uint8Array): 4 | 6 {
  const isMapped = row.subarray(0, 10).every((octet) => octet === 0) &&
    row[10] === 0xff && row[11] === 0xff;
  return isMapped ? 4 : 6;
}
