import { Conversation } from "../../src/plugin/testing/conversation.ts";
import { readPackets } from "../../src/plugin/testing/packet_text.ts";
import type { PacketSpec } from "../../src/mod.ts";
import type { ArmAnswer } from "../../src/scan/answered_target.ts";
import { timestampsIn, transportIn } from "../../src/scan/packet_places.ts";
import type { Ends } from "../../src/scan/whole_packets.ts";

/** Octets that are kept of an answer. */
const KEPT = 128;

/** The first packet that comes back in a text of the packet language, after what was forged. */
export function reply(text: string, forged: PacketSpec, { local, remote }: Ends): Uint8Array {
  const conversation = new Conversation(local, remote, forged, "the test");
  const drafts = readPackets(text, "the test").flat();
  const packets = drafts.map((draft) => [draft.forward, conversation.next(draft)] as const);
  const back = packets.find(([forward]) => !forward);
  if (back === undefined) throw new Error(`no packet comes back in ${JSON.stringify(text)}`);
  return back[1];
}

/** An answer as a scan keeps it: what tells targets apart is zero. */
export function canonical(
  packet: Uint8Array,
  rest: Partial<ArmAnswer> = {},
): ArmAnswer {
  const octets = packet.slice(0, Math.min(KEPT, endOfQuestion(packet)));
  const version = octets[0]! >> 4;
  clearIp(octets, 0, version);
  const { at, protocol } = transportIn(octets)!;
  const put = (from: number, to: number) => octets.fill(0, at + from, at + to);
  if (protocol === 6) {
    put(0, 12);
    put(16, 18);
    const option = timestampsIn(octets, at);
    if (option !== null) octets.fill(0, option + 2, option + 10);
  } else if (protocol === 17) {
    put(0, 4);
    // That there is none is a difference
    if (octets[at + 6] !== 0 || octets[at + 7] !== 0) octets.fill(1, at + 6, at + 8);
    if (isDns(packet, at)) {
      put(8, 10);
      clearNames(octets, at + 20);
    }
  } else clearIcmp(octets, at, version);
  return { octets, length: packet.length, shape: 1, after: 20, within: 20, round: 0, ...rest };
}

function clearIp(octets: Uint8Array, at: number, version: number): void {
  if (version === 4) {
    octets.fill(0, at + 4, at + 6);
    octets.fill(0, at + 10, at + 20);
  } else octets.fill(0, at + 8, at + 40);
}

/** Where the question of a DNS answer ends, behind which nothing is kept; no end in other packets. */
function endOfQuestion(packet: Uint8Array): number {
  const { at, protocol } = transportIn(packet)!;
  if (protocol !== 17 || !isDns(packet, at)) return Infinity;
  let end = at + 20;
  while (packet[end]! > 0) end += 1 + packet[end]!;
  return end + 5;
}

function isDns(packet: Uint8Array, at: number): boolean {
  return packet[at] === 0 && packet[at + 1] === 53;
}

/** Letters of the question's name: a token is in their case. */
function clearNames(octets: Uint8Array, from: number): void {
  for (let at = from; at < octets.length && octets[at] !== 0;) {
    const end = at + 1 + octets[at]!;
    for (at++; at < end && at < octets.length; at++) {
      if ((octets[at]! | 0x20) >= 0x61) octets[at] = 0;
    }
  }
}

function clearIcmp(octets: Uint8Array, at: number, version: number): void {
  octets.fill(0, at + 2, at + 4);
  const type = octets[at]!;
  if (version === 4 ? type === 0 || type === 8 : type >= 128) {
    octets.fill(0, at + 4, at + 16);
    return;
  }
  const quoted = at + 8;
  clearIp(octets, quoted, version);
  const place = transportIn(octets, quoted);
  if (place === null) return;
  const end = Math.min(octets.length, place.at + (place.protocol === 6 ? 8 : 4));
  octets.fill(0, place.at + (place.protocol === 1 || place.protocol === 58 ? 4 : 0), end);
}
