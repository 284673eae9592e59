import { allocate } from "../memory.ts";
import { Packet } from "../packet.ts";
import { Datagram, identify, identifyKept, isGood, isWanted } from "./datagram.ts";

// Only a packet's first fragment has ports. So each one leaves a note of them here. A note names ports
// and not a flow, so a flow that has ended leaves nothing behind that points to it. No data is put
// together: offsets that overlap or lie have nothing to change.

/** One note, as long as a cache line, behind what it is found by. */
@unmanaged
class Note extends Datagram {
  sourcePort: u16;
  destinationPort: u16;
  /** Protocol of the transport header. */
  protocol: u8;
}

const NOTE: usize = 64;
const WAYS: usize = 4;
const SETS: usize = 2048;

let notes: usize = 0;

/** Makes the table. False when memory is used up. */
export function reserveFragments(): bool {
  notes = allocate(SETS * WAYS * NOTE);
  return notes != 0;
}

/** Shows what is around the packet of every note. */
export function eachNote(see: (encapsulation: u16) => void): void {
  for (let at = notes; at < notes + SETS * WAYS * NOTE; at += NOTE) {
    see(changetype<Note>(at).encapsulation);
  }
}

/** Notes the ports of a first fragment; the oldest note of its set makes room. */
export function noteFirst(packet: Packet): void {
  const set = find(packet);
  let oldest = set;
  for (let at = set; at < set + WAYS * NOTE; at += NOTE) {
    if (isWanted(at)) {
      oldest = at;
      break;
    }
    if (changetype<Note>(at).time < changetype<Note>(oldest).time) oldest = at;
  }
  const note = changetype<Note>(oldest);
  identifyKept(oldest);
  note.sourcePort = packet.sourcePort;
  note.destinationPort = packet.destinationPort;
  note.protocol = packet.protocol;
}

/** Gives a later fragment the ports and protocol of its first one. False when that was not seen. */
export function joinLater(packet: Packet): bool {
  const set = find(packet);
  for (let at = set; at < set + WAYS * NOTE; at += NOTE) {
    if (!isWanted(at)) continue;
    if (!isGood(at, packet.time)) return false;
    const note = changetype<Note>(at);
    packet.sourcePort = note.sourcePort;
    packet.destinationPort = note.destinationPort;
    packet.protocol = note.protocol;
    return true;
  }
  return false;
}

/** The set of a fragment's note. */
function find(packet: Packet): usize {
  return notes + usize(identify(packet)) % SETS * WAYS * NOTE;
}
