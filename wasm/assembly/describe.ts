import { Flow } from "./flow/flow.ts";
import { MOST_HELD } from "./flow/held.ts";
import { allocate } from "./memory.ts";
import { Packet } from "./packet.ts";

// Chains in JavaScript see packets through one list of descriptors, which they walk when the
// dissector pauses. What they answer (ignore the flow, or have done with it) may change what becomes of
// later packets, so the dissector pauses before each packet for which it could: the outcome is the
// same as if every answer came at once.

/** One packet of a flow, as src/observe/views/descriptor.ts reads it. */
@unmanaged
export class Descriptor {
  /** Capture time, microseconds since 1970. */
  time: f64;
  flow: usize;
  /** Start of the IP header, of the transport header (0 in a fragment without a whole one), end of what was captured. */
  ip: usize;
  transport: usize;
  end: usize;
  /** Length of the IP packet as it was on the wire. */
  octets: u32;
  protocol: u8;
  version: u8;
  marks: u8;
}

/** Octets of one descriptor. */
const SIZE: usize = 32;

/** The packet goes in reverse. */
const REVERSE: u8 = 1;
/** It is the first of its flow. */
const FIRST: u8 = 2;
/** An ICMP error that quotes a packet of the flow. */
export const QUOTING: u8 = 4;
/** Its transport header is whole; set by `inspect` alone, as no other packet has one that is not. */
export const WHOLE: u8 = 8;

let list: usize = 0;
let most: i32 = 0;
/** How many packets the list describes. */
export let described: i32 = 0;
/** The times of the first and last of them, which are also the earliest and latest. */
let first: u64 = 0;
let latest: u64 = 0;
/** The shortest timer, nanoseconds: no flow can end within it after a packet. */
let shortest: u64 = 0;
let held: bool = false;

/**
 * Switches descriptors on, `capacity` in a list, and behind them those of what was held aside and counts
 * in the end; where the list is, or 0 when memory is used up.
 */
export function switchOn(capacity: i32): usize {
  most = capacity;
  return list = allocate((usize(capacity) + MOST_HELD) * SIZE);
}

/** Sets the shortest of the flow table's timers. */
export function setShortest(time: u64): void {
  shortest = time;
}

/** Whether packets are described at all. */
export function isOn(): bool {
  return list != 0;
}

/** Begins a list anew: the last one was walked. */
export function restart(): void {
  described = 0;
}

/**
 * Whether the dissector has to pause before a packet: the list is full, a timer that an answer would
 * start could end before, or time falls back, so that of two ends the earlier is not the first.
 *
 * @param endsParts whether parts of flows may end before it, which an answer could hinder
 */
export function mustPause(time: u64, clock: u64, endsParts: bool): bool {
  if (described == 0) return false;
  return endsParts || described == most || time < latest || max(time, clock) > first + shortest;
}

/** Asks for a pause before the packet at hand, whose flow may be over once there are answers; false when there is nothing to answer. */
export function hold(): bool {
  held = described != 0;
  return held;
}

/** Whether the packet at hand was held back; asking takes the hold away. */
export function wasHeld(): bool {
  const was = held;
  held = false;
  return was;
}

/** Describes a packet before it is counted to its flow. */
export function describe(flow: Flow, packet: Packet, reverse: bool, marks: u8): void {
  if (described == 0) first = packet.time;
  // A fragment that came before its first one is described behind it
  latest = described == 0 ? packet.time : max(latest, packet.time);
  const at = changetype<Descriptor>(list + usize(described++) * SIZE);
  at.time = f64(packet.time / 1000);
  at.flow = changetype<usize>(flow);
  const isFirst = flow.packetsForward + flow.packetsReverse == 0;
  fill(at, packet, marks | (reverse ? REVERSE : 0) | (isFirst ? FIRST : 0));
}

/** Writes what a packet is, and its marks. */
export function fill(at: Descriptor, packet: Packet, marks: u8): void {
  at.ip = packet.ip;
  at.transport = packet.transport;
  at.end = packet.end;
  at.octets = packet.octets;
  at.protocol = packet.protocol;
  at.version = packet.version;
  at.marks = marks;
}

/** Notes a flow whose record was written, with the place behind its text; for `drain`, when the list was walked. */
export function noteWritten(i: i32, flow: usize, end: usize): void {
  store<usize>(list + (usize(i) << 3), flow);
  store<usize>(list + (usize(i) << 3), end, 4);
}

/** How many written flows can be noted at once. */
export function mostNoted(): i32 {
  return list == 0 ? i32.MAX_VALUE : most << 2;
}
