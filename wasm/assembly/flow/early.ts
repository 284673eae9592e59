import { allocate } from "../memory.ts";
import { LATER, Packet } from "../packet.ts";
import { stats } from "../stats.ts";
import { Datagram, identify, identifyKept, isGood, isWanted } from "./datagram.ts";
import { hashIn } from "./key.ts";

// Fragments may come in any order, and some systems send the last one first. Those that come before
// the first, which has the ports, wait here for it: as many as there is room for, in the order in
// which they came, and each as long as a note of a first one is good. One that is given up is an orphan.
// Of each its headers are kept, which is all that is looked at, except its length.

/** One that waits. Its headers stand behind it. */
@unmanaged
class Early extends Datagram {
  /** The next one in its bucket, 0 at the end. */
  next: usize;
  /** Length of the IP packet as it was on the wire. */
  octets: u32;
  /** Octets of its headers that are kept. */
  kept: u32;
  trafficClass: u8;
}

const HEADERS: usize = 64;
/** The longest header of IPv4 fits there, or that of IPv6 with the fragment header and some more. */
const ROOM: usize = 64;
const SIZE: usize = HEADERS + ROOM;
/**
 * Powers of two. The longest packet has 45 fragments on Ethernet. Descriptors of all of them, behind
 * that of their first one, have room in one list (see describe.ts).
 */
const MOST: u32 = 2048;
const BUCKETS: u32 = 2048;

let ring: usize = 0;
/** Of each bucket the first one and the last. */
let buckets: usize = 0;
/** Numbers of the oldest one and of the next to come, which go around. */
let oldest: u32 = 0;
let coming: u32 = 0;

/** Makes room. False when memory is used up. */
export function reserveEarly(): bool {
  ring = allocate(usize(MOST) * SIZE);
  buckets = allocate(usize(BUCKETS) << 3);
  return ring != 0 && buckets != 0;
}

/** Keeps a later fragment whose first one was not seen. Where there is no room, the oldest one is given up. */
export function keepEarly(packet: Packet): void {
  const hash = identify(packet);
  while (hasEarly() && !staysWith(placeOf(oldest), packet.time)) giveUpOldest();
  const at = placeOf(coming++);
  identifyKept(at);
  const early = changetype<Early>(at);
  const kept = min(packet.end - packet.ip, ROOM);
  early.next = 0;
  early.octets = packet.octets;
  early.kept = u32(kept);
  early.trafficClass = packet.trafficClass;
  memory.copy(at + HEADERS, packet.ip, kept);
  const bucket = bucketOf(hash);
  const last = load<usize>(bucket, 4);
  if (last == 0) store<usize>(bucket, at);
  else changetype<Early>(last).next = at;
  store<usize>(bucket, at, 4);
}

/** Shows what is around each fragment that waits. */
export function eachEarly(see: (encapsulation: u16) => void): void {
  for (let i = oldest; i != coming; i++) see(changetype<Early>(placeOf(i)).encapsulation);
}

/** Whether any fragment waits. */
export function hasEarly(): bool {
  return oldest != coming;
}

/** Takes out the next fragment that waited for a first one, with its ports; false when there is none. */
export function takeEarly(first: Packet, into: Packet): bool {
  if (!hasEarly()) return false;
  const bucket = bucketOf(identify(first));
  let before: usize = 0;
  for (let at = load<usize>(bucket); at != 0; at = changetype<Early>(at).next) {
    if (!isWanted(at)) {
      before = at;
      continue;
    }
    unlink(bucket, before, at);
    if (isGood(at, first.time)) {
      readBack(at, first, into);
      return true;
    }
    stats.fragmentsOrphaned++;
  }
  return false;
}

/** Gives up all of them, for the end. */
export function giveUpEarly(): void {
  while (hasEarly()) giveUpOldest();
}

/** Whether the oldest one stays when another comes: it was not taken out, is good, and there is room for both. */
function staysWith(at: usize, time: u64): bool {
  return changetype<Early>(at).version != 0 && isGood(at, time) && coming - oldest < MOST;
}

function giveUpOldest(): void {
  const at = placeOf(oldest++);
  if (changetype<Early>(at).version == 0) return;
  // None in its bucket came before it
  unlink(bucketOf(hashIn(at)), 0, at);
  stats.fragmentsOrphaned++;
}

/** Takes one out of its bucket, in which another may stand before it. */
function unlink(bucket: usize, before: usize, at: usize): void {
  const next = changetype<Early>(at).next;
  if (before == 0) store<usize>(bucket, next);
  else changetype<Early>(before).next = next;
  if (next == 0) store<usize>(bucket, before, 4);
  changetype<Early>(at).version = 0;
}

function readBack(at: usize, first: Packet, into: Packet): void {
  const early = changetype<Early>(at);
  const ip = at + HEADERS;
  into.time = early.time;
  into.ip = ip;
  into.end = ip + early.kept;
  into.transport = 0;
  into.source = ip + (first.source - first.ip);
  into.destination = ip + (first.destination - first.ip);
  into.octets = early.octets;
  into.version = first.version;
  into.protocol = first.protocol;
  into.trafficClass = early.trafficClass;
  into.fragment = LATER;
  into.flags = 0;
  into.encapsulation = first.encapsulation;
  into.sourcePort = first.sourcePort;
  into.destinationPort = first.destinationPort;
  into.identification = first.identification;
}

function placeOf(number: u32): usize {
  return ring + usize(number & (MOST - 1)) * SIZE;
}

function bucketOf(hash: u32): usize {
  return buckets + (usize(hash & (BUCKETS - 1)) << 3);
}
