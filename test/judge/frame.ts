import { be16, be32, ethernet, join, loopback, sll, sll2 } from "../data/packets.ts";
import { pick, type Random } from "./conversation.ts";

/** Link types of whole conversations; single packets of all of them are in encapsulations_test.ts. */
export const LINKS = [1, 113, 276, 0, 108, 12, 101, 228, 229];

/** An IP packet, and where its transport begins. */
export interface Made {
  readonly packet: Uint8Array;
  readonly transport: number;
}

/**
 * The fragments of a packet; the first holds the transport header.
 *
 * @param tiny whether it may hold the ports alone, which tshark reads of TCP and UDP only
 */
export function cutUp(
  next: Random,
  { packet, transport }: Made,
  version: 4 | 6,
  tiny: boolean,
): Made[] {
  const content = packet.slice(transport);
  if (content.length <= 64) return [{ packet, transport }];
  const parts: Made[] = [];
  // As few octets as a fragment can have, behind which a part of the header remains
  const isTiny = tiny && next(4) === 0;
  const id = next(2 ** 32);
  for (let at = 0; at < content.length;) {
    const size = at === 0 && isTiny ? 8 + 8 * next(2) : 64 + 8 * next(20);
    const more = at + size < content.length ? 1 : 0;
    const piece = content.slice(at, at + size);
    if (version === 4) {
      const header = packet.slice(0, transport);
      header.set(be16(transport + piece.length), 2);
      header.set(be16(id & 0xffff), 4);
      header.set(be16((header[6]! & 0x80) << 8 | more << 13 | at >> 3), 6);
      parts.push({ packet: join(header, piece), transport });
    } else {
      // Behind the fixed header; headers that stood there are left out
      const header = packet.slice(0, 40);
      const protocol = lastProtocol(packet, transport);
      header.set(be16(8 + piece.length), 4);
      header[6] = 44;
      const fragment = [protocol, 0, ...be16(at | more), ...be32(id)];
      parts.push({ packet: join(header, fragment, piece), transport: 48 });
    }
    at += size;
  }
  return parts;
}

function lastProtocol(packet: Uint8Array, transport: number): number {
  let [at, protocol] = [40, packet[6]!];
  while (at < transport) {
    const length = protocol === 51 ? (packet[at + 1]! + 2) * 4 : (packet[at + 1]! + 1) * 8;
    [at, protocol] = [at + length, packet[at]!];
  }
  return protocol;
}

/** A packet in a frame of a link type, as much of it as is kept. */
export function framed(
  next: Random,
  { packet }: Made,
  link: number,
  tags: readonly number[],
  snaplen = Infinity,
): { data: Uint8Array; wire: number } {
  let frame: Uint8Array = packet;
  if (link === 1) {
    frame = ethernet(packet, tags);
    if (frame.length < 60) frame = join(frame, new Uint8Array(60 - frame.length));
  } else if (link === 113) frame = sll(packet);
  else if (link === 276) frame = sll2(packet);
  else if (link === 0 || link === 108) {
    const family = packet[0]! >> 4 === 4 ? 2 : pick(next, [24, 28, 30]);
    frame = loopback(packet, family, link === 108);
  }
  return { data: frame.slice(0, snaplen), wire: frame.length };
}
