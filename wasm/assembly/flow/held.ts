import { allocate } from "../memory.ts";
import { Packet, WHOLE } from "../packet.ts";

// Segments that are held aside, as copies, until it is known which connection they are of (see
// reuse.ts): as many as there is room for, in the order in which they came.

/** One that is held. What was captured of it stands behind it. */
@unmanaged
export class Held extends Packet {
  /** The flow that has its ports. */
  flow: usize;
  /** The ones that came before and after it, 0 at the ends; of a free place, the next that is free. */
  previous: usize;
  next: usize;
  /** Where its IP header was, in the list of packets with this number. */
  origin: usize;
  list: u32;
  /** Whether its source is the lower endpoint of the flow's key. */
  sourceIsLow: bool;
}

const OCTETS: usize = 80;
const SIZE: usize = 2048;
/** Descriptors of all that are held have room behind a full list (see describe.ts). */
export const MOST_HELD: usize = 256;

/** All that are held, from the oldest one on. */
let oldest: usize = 0;
let newest: usize = 0;
/** Free places. The one that was free for longest is the next to be taken. */
let free: usize = 0;
let lastFree: usize = 0;
let places: usize = 0;
/** Number of the list of packets at hand. */
let list: u32 = 0;

/** Makes room. False when memory is used up. */
export function reserveHeld(): bool {
  places = allocate(MOST_HELD * SIZE);
  if (places == 0) return false;
  for (let i: usize = 0; i < MOST_HELD; i++) giveBack(places + i * SIZE);
  return true;
}

/** Whether a packet can be held: a whole one that is not longer than those of Ethernet. */
export function canHold(packet: Packet): bool {
  return packet.fragment == WHOLE && packet.end - packet.ip <= SIZE - OCTETS;
}

/**
 * Whether the oldest one has to go before another is held. One place stays free, so that one that
 * was just taken out, to which a descriptor may lead, is not written over.
 */
export function isHeldFull(): bool {
  return free == lastFree;
}

/** The flow of which the oldest one is held. There is one. */
export function flowOfOldest(): usize {
  return changetype<Held>(oldest).flow;
}

/** Holds a packet of a flow, for which there is room. */
export function holdAside(flow: usize, packet: Packet, sourceIsLow: bool): void {
  const at = free;
  const held = changetype<Held>(at);
  free = held.next;
  memory.copy(at, changetype<usize>(packet), offsetof<Packet>());
  const ip = at + OCTETS;
  memory.copy(ip, packet.ip, packet.end - packet.ip);
  held.ip = ip;
  held.end = ip + (packet.end - packet.ip);
  held.transport = ip + (packet.transport - packet.ip);
  held.source = ip + (packet.source - packet.ip);
  held.destination = ip + (packet.destination - packet.ip);
  held.flow = flow;
  held.origin = packet.ip;
  held.list = list;
  held.sourceIsLow = sourceIsLow;
  held.previous = newest;
  held.next = 0;
  if (newest == 0) oldest = at;
  else changetype<Held>(newest).next = at;
  newest = at;
}

/** The oldest one that is held of a flow, 0 without any. */
export function firstOf(flow: usize): usize {
  return ofFlow(oldest, flow);
}

/** The one after another that is held of the same flow; 0 at the end. */
export function nextOf(at: usize): usize {
  return ofFlow(changetype<Held>(at).next, changetype<Held>(at).flow);
}

function ofFlow(from: usize, flow: usize): usize {
  let at = from;
  while (at != 0 && changetype<Held>(at).flow != flow) at = changetype<Held>(at).next;
  return at;
}

/** Takes one out. What it consists of stays until others are held. */
export function takeOut(at: usize): void {
  const held = changetype<Held>(at);
  if (held.previous == 0) oldest = held.next;
  else changetype<Held>(held.previous).next = held.next;
  if (held.next == 0) newest = held.previous;
  else changetype<Held>(held.next).previous = held.previous;
  giveBack(at);
}

function giveBack(at: usize): void {
  changetype<Held>(at).next = 0;
  if (lastFree == 0) free = at;
  else changetype<Held>(lastFree).next = at;
  lastFree = at;
}

/** Other packets are listed now. */
export function beginList(): void {
  list++;
}

/** Where the header of a packet that is described where it was held was among the packets that are listed now; 0 when it was not. */
export function originOf(ip: usize): usize {
  if (ip < places || ip >= places + MOST_HELD * SIZE) return 0;
  const held = changetype<Held>(ip - OCTETS);
  return held.list == list ? held.origin : 0;
}

/** Shows what is around each packet that is held. */
export function eachHeld(see: (encapsulation: u16) => void): void {
  for (let at = oldest; at != 0; at = changetype<Held>(at).next) {
    see(changetype<Held>(at).encapsulation);
  }
}
