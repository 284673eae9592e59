// What a probe carries, made from its target, arm, round and time: who sends an answer back must have
// seen the probe. A row is a target's 24 octets (src/scan/target_row.ts), of which 18 say something.

import { siphash } from "./siphash.ts";

/** In place of an arm, for what the arms of a target have in common. */
export const EVERY_ARM: u32 = 0xff;
/** In place of a time, for what does not depend on it. */
const ANY_TIME: u32 = 0xffff_ffff;

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

/** What a probe's source port, flow label and clock of timestamps are taken from. */
export function flowToken(row: usize, arm: u32, round: u32): u64 {
  return hash(row, sharesPort ? EVERY_ARM : arm, round, ANY_TIME);
}

/** The source port of a flow, or its ICMP identifier. */
export function sourcePort(flow: u64): u32 {
  return firstPort + u32(flow >> 32) % portCount;
}

/** The token that a probe sent in an epoch carries. */
export function probeToken(row: usize, arm: u32, round: u32, epoch: u32): u64 {
  return hash(row, arm, round, epoch);
}

/** What a target's order of arms is taken from. */
export function orderToken(row: usize, round: u32): u64 {
  return hash(row, EVERY_ARM - 1, round, ANY_TIME);
}

function hash(row: usize, arm: u32, round: u32, epoch: u32): u64 {
  const rest = u64(load<u16>(row, 16)) | u64(arm) << 16 | u64(round) << 24 | u64(epoch) << 32;
  return siphash(load<u64>(row), load<u64>(row, 8), rest);
}
