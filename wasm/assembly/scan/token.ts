// What a probe carries, made from its target, arm, round and time: who sends an answer back must have
// seen the probe. A row is a target's 24 octets (src/scan/target_row.ts), of which 18 say something.

import { siphash } from "./siphash.ts";

/** Most arms that a scan has. */
export const MOST_ARMS: u32 = 8;

// In place of arm, round and epoch, for what all probes to a target have in common
const EVERY_ARM: u32 = 0xff;
const EVERY_ROUND: u32 = 0xff;
const EVERY_EPOCH: u32 = 0xffff_ffff;

let firstPort: u32 = 0;
let portCount: u32 = 1;
let sharesPort: bool = false;

/**
 * The source ports to send from.
 *
 * @param shares whether the arms of a target have the same one
 */
export function scanPorts(first: u32, count: u32, shares: bool): void {
  firstPort = first;
  portCount = count;
  sharesPort = shares;
}

/** What all probes to a target have in common. */
export function targetToken(row: usize): u64 {
  return hash(row, EVERY_ARM, EVERY_ROUND, EVERY_EPOCH);
}

/**
 * What a probe's source port, flow label and clock of timestamps are taken from, given what all
 * probes to the target have in common. It is that with another port: ports of a target's probes
 * follow each other, so that no two of them fall on one as long as there are ports enough: a second
 * SYN on the port of the first would be answered for that one. Label and clock are the same, so that
 * arms do not differ in them.
 */
export function flowOf(target: u64, arm: u32, round: u32): u64 {
  return target + (u64(round * MOST_ARMS + (sharesPort ? 0 : arm)) << 32);
}

/** The same of a row. */
export function flowToken(row: usize, arm: u32, round: u32): u64 {
  return flowOf(targetToken(row), arm, round);
}

/** The source port of a flow, or its ICMP identifier. */
export function sourcePort(flow: u64): u32 {
  return firstPort + u32(flow >> 32) % portCount;
}

/** Which of so many source addresses a target's probes have, given what they have in common. */
export function sourceOf(target: u64, sources: u32): u32 {
  return u32(target) % sources;
}

/** The token that a probe sent in an epoch carries. */
export function probeToken(row: usize, arm: u32, round: u32, epoch: u32): u64 {
  return hash(row, arm, round, epoch);
}

/** The id in a probe's IPv4 header. It is not 0, in place of which a raw socket chooses one (raw(7)). */
export function packetId(token: u64): u32 {
  return max<u32>(1, u32(token >> 32) & 0xffff);
}

/**
 * Which of a target's arms is sent at a place of a round, given what its probes have in common: who does
 * not know the key cannot tell. The arms follow each other from a random one on, in either direction.
 */
export function armAt(target: u64, place: u32, round: u32, arms: u32): u32 {
  const order = mixed(target + u64(round));
  const on = (order >> 32) & 1 ? arms - place : place;
  return (u32(order) % arms + on) % arms;
}

/** A number in which each bit depends on all of another one (the finalizer of SplitMix64, Steele et al. 2014). */
function mixed(value: u64): u64 {
  value = (value ^ (value >> 30)) * 0xbf58_476d_1ce4_e5b9;
  value = (value ^ (value >> 27)) * 0x94d0_49bb_1331_11eb;
  return value ^ (value >> 31);
}

function hash(row: usize, arm: u32, round: u32, epoch: u32): u64 {
  const rest = u64(load<u16>(row, 16)) | u64(arm) << 16 | u64(round) << 24 | u64(epoch) << 32;
  return siphash(load<u64>(row), load<u64>(row, 8), rest);
}
