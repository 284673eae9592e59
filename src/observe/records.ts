/** Octets of the header before each packet, as pcap_dump(3) writes it. */
export const RECORD_HEADER = 16;

/** Octets of the record that begins at a place, its header included. */
export function recordLength(view: DataView, at: number): number {
  return RECORD_HEADER + view.getUint32(at + 8, true);
}

/** How many octets the whole records at the begin of a batch have; one that is cut is left out. */
export function wholeRecords(batch: Uint8Array<ArrayBuffer>): number {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
  let at = 0;
  while (at + RECORD_HEADER <= batch.length) {
    const next = at + recordLength(view, at);
    if (next > batch.length) break;
    at = next;
  }
  return at;
}
