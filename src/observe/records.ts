import type { PacketInterface, Packets } from "./packet_list.ts";

/** Octets of the header before each packet, as pcap_dump(3) writes it. */
export const RECORD_HEADER = 16;

/**
 * Packets that pcap_dump(3) has written, all of one interface. One that is cut is left out.
 *
 * @param fraction what one unit of a time's fraction is worth, in nanoseconds
 */
export function packetsOf(
  records: Uint8Array<ArrayBuffer>,
  fraction: number,
  seenOn: PacketInterface,
): Packets {
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
  const places: number[] = [];
  for (let at = 0; at + RECORD_HEADER <= records.length;) {
    const next = at + RECORD_HEADER + view.getUint32(at + 8, true);
    if (next > records.length) break;
    places.push(at);
    at = next;
  }
  const captured = (i: number) => view.getUint32(places[i]! + 8, true);
  return {
    count: places.length,
    time: (i) =>
      BigInt(view.getUint32(places[i]!, true)) * 1_000_000_000n +
      BigInt(view.getUint32(places[i]! + 4, true) * fraction),
    captured,
    frame: (i) => {
      const begin = places[i]! + RECORD_HEADER;
      return records.subarray(begin, begin + captured(i));
    },
    wireLength: (i) => view.getUint32(places[i]! + 12, true),
    seenOn: () => seenOn,
  };
}
