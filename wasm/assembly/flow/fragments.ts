import { allocate } from "../memory.ts";
import { FIRST, Packet } from "../packet.ts";
import { headerProtocol } from "../wire/ipv4.ts";
import { hashIn } from "./key.ts";

// Only a packet's first fragment has ports. So each one leaves a note of them here, under what all
// fragments of the packet share: version, addresses, identification and in IPv4 the protocol (RFC 791,
// section 2.3; in IPv6 the protocol is the first fragment's, RFC 8200, section 4.5). A note names
// ports and not a flow, so a flow that has ended leaves nothing behind that points to it. No data is
// put together: offsets that overlap or lie have nothing to change.

/** One note, as long as a cache line. It begins with what it is found by. */
@unmanaged
class Note {
  source0: u64;
  source1: u64;
  destination0: u64;
  destination1: u64;
  identification: u32;
  keyProtocol: u8;
  version: u8;
  keyPadding: u16;
  /** Time of the first fragment, nanoseconds since 1970. */
  time: u64;
  sourcePort: u16;
  destinationPort: u16;
  /** Protocol of the transport header. */
  protocol: u8;
}

const NOTE: usize = 64;
const WAYS: usize = 4;
const SETS: usize = 2048;

/**
 * How long a note is good, in nanoseconds of packet time: 30 s, as Linux waits for IPv4 (ipfrag_time).
 * The standards allow 60 s and more (RFC 1122, section 3.3.2; RFC 8200, section 4.5), but an identification of 16 bits
 * comes again in seconds (RFC 4963), and a fragment must not count to another packet's flow.
 */
const LIFE: i64 = 30_000_000_000;

const wanted = changetype<Note>(memory.data(64, 8));
let notes: usize = 0;

/** Makes the table. False when memory is used up. */
export function reserveFragments(): bool {
  notes = allocate(SETS * WAYS * NOTE);
  return notes != 0;
}

/** Notes the ports of a first fragment; the oldest note of its set makes room. */
export function noteFirst(packet: Packet): void {
  if (packet.fragment != FIRST) return;
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
  memory.copy(oldest, changetype<usize>(wanted), offsetof<Note>("time"));
  note.time = packet.time;
  note.sourcePort = packet.sourcePort;
  note.destinationPort = packet.destinationPort;
  note.protocol = packet.protocol;
}

/** Gives a later fragment the ports and protocol of its first one. False when that was not seen. */
export function joinLater(packet: Packet): bool {
  const set = find(packet);
  for (let at = set; at < set + WAYS * NOTE; at += NOTE) {
    if (!isWanted(at)) continue;
    const note = changetype<Note>(at);
    const age = i64(packet.time - note.time);
    // Packet time may fall back a little
    if (age > LIFE || age < -LIFE) return false;
    packet.sourcePort = note.sourcePort;
    packet.destinationPort = note.destinationPort;
    packet.protocol = note.protocol;
    return true;
  }
  return false;
}

/** The set of a fragment's note, with what it is found by in `wanted`. */
function find(packet: Packet): usize {
  if (packet.version == 4) {
    wanted.source0 = load<u32>(packet.source);
    wanted.source1 = 0;
    wanted.destination0 = load<u32>(packet.destination);
    wanted.destination1 = 0;
    wanted.keyProtocol = headerProtocol(packet.ip);
  } else {
    wanted.source0 = load<u64>(packet.source);
    wanted.source1 = load<u64>(packet.source, 8);
    wanted.destination0 = load<u64>(packet.destination);
    wanted.destination1 = load<u64>(packet.destination, 8);
    wanted.keyProtocol = 0;
  }
  wanted.version = packet.version;
  wanted.identification = packet.identification;
  return notes + usize(hashIn(changetype<usize>(wanted))) % SETS * WAYS * NOTE;
}

/** Whether a note is the one that is looked for; an unused one has version 0. */
function isWanted(note: usize): bool {
  const at = changetype<usize>(wanted);
  return load<u64>(note) == load<u64>(at) && load<u64>(note, 8) == load<u64>(at, 8) &&
    load<u64>(note, 16) == load<u64>(at, 16) && load<u64>(note, 24) == load<u64>(at, 24) &&
    load<u64>(note, 32) == load<u64>(at, 32);
}
