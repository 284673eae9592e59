// What the program sees of the module that observes, builds and rewrites packets; that which scans has
// its own (scan/index.ts). Times are handed over in microseconds as f64, which holds them exactly, so
// that no call needs a BigInt.
import { batch, earliest, latest } from "./batch.ts";
import { beginBlocks, listBlocks } from "./capture/blocks.ts";
import { addInterface, clearInterfaces, interfaceAt, interfaces } from "./capture/interfaces.ts";
import { laneAt, listLanes, setLane } from "./capture/lanes.ts";
import { listAt, listed, listedAt, MOST, setListed } from "./capture/list.ts";
import { listRecords, RECORD } from "./capture/records.ts";
import * as registry from "../build/chain_registry.ts";
import * as describe from "./describe.ts";
import { giveUpEarly, reserveEarly } from "./flow/early.ts";
import { reserveLists, setWithLabels } from "./flow/encapsulations.ts";
import { reserveFragments } from "./flow/fragments.ts";
import { seedAt, seedSize } from "./flow/hash.ts";
import { beginList, originOf, reserveHeld } from "./flow/held.ts";
import * as lifecycle from "./flow/lifecycle.ts";
import { setLongest } from "./flow/parts.ts";
import * as pool from "./flow/pool.ts";
import { done, ready as readyQueue, shift } from "./flow/queue.ts";
import { setKeptLists } from "./flow/reclaim.ts";
import * as timers from "./flow/timers.ts";
import { forgeAddresses, forgeAt } from "./forge/buffer.ts";
import { forgeIpv4, forgeIpv6 } from "./forge/ip.ts";
import { forgeIcmp, forgeTcp, forgeUdp } from "./forge/transport.ts";
import {
  extensions,
  extensionsAt,
  inspect,
  inspectedAt,
  isErrorType,
  options,
  optionsAt,
} from "./inspect.ts";
import { allocate } from "./memory.ts";
import { chainAt, chainCount, field, fieldCount, placeOfHeaders, TYPES } from "./output/field.ts";
import { longestRecord, selectFields, write } from "./output/ndjson.ts";
import { SLACK } from "./output/text.ts";
import { packet } from "./packet.ts";
import { STAT_NAMES, stats } from "./stats.ts";
import { transitAt, transitFieldsAt, transitRead } from "./transit/packet.ts";
import {
  transitAddOption,
  transitBegin,
  transitBlankOption,
  transitChange,
  transitFinish,
  transitOption,
  transitPut16,
  transitRemoveOption,
  transitResize,
  transitTcpFlags,
  transitTrafficClass,
} from "./transit/rewrite.ts";
import { setFollowing } from "./wire/encap/layers.ts";
import { icmpEnds } from "./wire/icmp.ts";
import { knowsLink } from "./wire/link/links.ts";

export { forgeAddresses, forgeAt, forgeIcmp, forgeIpv4, forgeIpv6, forgeTcp, forgeUdp };
export { extensions, extensionsAt, inspect, inspectedAt, isErrorType, options, optionsAt };
export { icmpEnds, knowsLink, listAt, listLanes, originOf, seedAt, seedSize, setListed };
export { transitAddOption, transitAt, transitBegin, transitBlankOption, transitFieldsAt };
export { transitFinish, transitOption, transitPut16, transitRead, transitRemoveOption };
export { transitChange, transitResize, transitTcpFlags, transitTrafficClass };

registry.declareAll();

/** Octets that one flow takes in the table, without its entry in the index. After `setup`. */
export function flowSize(): usize {
  return pool.flowSize();
}

export function chains(): i32 {
  return chainCount;
}

export function chainName(i: i32): usize {
  return chainAt(i).name;
}

export function chainSummary(i: i32): usize {
  return chainAt(i).summary;
}

/** What ends a measurement's flow for a chain; an empty text where nothing does. */
export function chainEnds(i: i32): usize {
  return chainAt(i).ends;
}

export function fields(): i32 {
  return fieldCount;
}

export function fieldChain(i: i32): i32 {
  return field(i).chain;
}

export function fieldType(i: i32): i32 {
  return field(i).type;
}

/** The types' names, in one string, in the order of their numbers. */
export function typeNames(): usize {
  return changetype<usize>(TYPES);
}

/** The field's name in ASCII; its length is `fieldNameLength`. */
export function fieldName(i: i32): usize {
  return field(i).label + 2;
}

export function fieldNameLength(i: i32): i32 {
  return field(i).nameLength;
}

export function fieldSummary(i: i32): usize {
  return field(i).summary;
}

let input: usize = 0;
let inputSize: usize = 0;
let output: usize = 0;
let outputSize: usize = 0;

/**
 * Once, first: the chains that are on as bits, the timeouts in microseconds, whether flows that
 * nobody expects are passed over, the sizes of the buffers, the most flows in the table (0: as many
 * as memory has room for), whether flows are those inside of tunnels, VLANs and the like. False when memory is used up.
 */
export function setup(
  chains: u32,
  idle: f64,
  linger: f64,
  expectedOnly: bool,
  inputOctets: usize,
  outputOctets: usize,
  mostFlows: usize,
  decapsulate: bool,
): bool {
  setFollowing(decapsulate);
  pool.setPool(registry.select(chains), mostFlows);
  selectFields(chains, pool.flowSize());
  const kept = placeOfHeaders(chains);
  setKeptLists(kept);
  setWithLabels(kept != 0);
  timers.setTimeouts(u64(idle) * 1000, u64(linger) * 1000);
  lifecycle.setExpectedOnly(expectedOnly);
  inputSize = inputOctets;
  outputSize = max(outputOctets, longestRecord());
  input = allocate(inputSize);
  output = allocate(outputSize + SLACK);
  const lists = !decapsulate || reserveLists();
  return input != 0 && output != 0 && lists && reserveFragments() && reserveEarly() &&
    reserveHeld() && pool.reserve(1);
}

/** Has flows written in parts, of at most a time in microseconds; before the first packet. */
export function setActive(time: f64): void {
  setLongest(u64(time) * 1000);
}

/** Where packets are put for `dissect`. */
export function inputAt(): usize {
  return input;
}

/** Where `drain` and `record` leave text. */
export function outputAt(): usize {
  return output;
}

/** Makes room for `flows` further flows. Memory may grow: views of it are to be made again. */
export function reserve(flows: usize): bool {
  return pool.reserve(flows);
}

/** Forgets what is known of the last file. */
export function beginFile(): void {
  clearInterfaces();
  beginBlocks();
}

/** Forgets all interfaces: a section that begins has its own. */
export function beginSection(): void {
  clearInterfaces();
}

/** Adds an interface, with the next number (see capture/interfaces.ts); false when memory is used up. */
export function interfaceFound(
  linkType: i32,
  snaplen: u32,
  resolution: u8,
  offset: f64,
): bool {
  return addInterface(linkType, snaplen, resolution, offset);
}

/** How many packets of an interface were dissected. */
export function packetsOn(i: i32): f64 {
  return f64(interfaceAt(i).packets);
}

/** Lists packets of pcap records between two places of the input, beside those that are listed; the place where it stopped (see capture/records.ts). */
export function findRecords(
  from: usize,
  to: usize,
  swapped: bool,
  fraction: u32,
  longest: u32,
  header: usize,
): usize {
  return listRecords(input + from, input + to, swapped, fraction, longest, header) - input;
}

/** The same of pcapng blocks (see capture/blocks.ts). */
export function findBlocks(from: usize, to: usize, swapped: bool): usize {
  return listBlocks(input + from, input + to, swapped) - input;
}

/**
 * Says what of the input is in a lane of a live capture (see capture/lanes.ts): where its next packet
 * is, where its packets end, and up to where they may be listed while others have none.
 */
export function laneHas(
  i: i32,
  at: usize,
  end: usize,
  due: usize,
  fraction: u32,
  source: u32,
  state: u8,
): void {
  setLane(i, input + at, input + end, input + due, fraction, source, state);
}

/** Where the next packet of a lane is. */
export function laneAtNow(i: i32): usize {
  return laneAt(i) - input;
}

/** How many packets are listed, at `listAt`. */
export function packetsListed(): i32 {
  return listed;
}

/** Dissects listed packets from a place of the list on; the place where it stopped. */
export function dissectListed(from: i32): i32 {
  if (from == 0) beginList();
  describe.restart();
  return batch(from);
}

/** Dissects the first octets of the input, as pcap_dump(3) wrote them, from a place among them on; the place where it stopped. */
export function dissect(octets: usize, linkType: i32, fraction: u32, from: usize): usize {
  describe.restart();
  if (interfaces != 1 || interfaceAt(0).linkType != linkType) {
    clearInterfaces();
    addInterface(linkType, u32.MAX_VALUE, 9, 0);
  }
  const end = input + min(octets, inputSize);
  let at = input + from;
  while (true) {
    setListed(0);
    const next = listRecords(at, end, false, fraction, u32.MAX_VALUE, RECORD);
    const all = listed;
    const done = all == 0 ? 0 : batch(0);
    if (done < all) return listedAt(done).start - RECORD - input;
    at = next;
    if (all < MOST) return at - input;
  }
}

/** Has packets described, at most `most` in one `dissect`. Where the descriptors are, 0 when memory is used up. */
export function describePackets(most: i32): usize {
  return describe.switchOn(most);
}

/** How many packets the last `dissect`, `advance`, `flush` or `expect` described. */
export function described(): i32 {
  return describe.described;
}

/** A chain ignores a flow: it has no record. */
export function ignore(flow: usize): void {
  lifecycle.ignore(flow);
}

/** A chain in JavaScript has what it waits for. */
export function complete(flow: usize): void {
  lifecycle.settle(flow, timers.now());
}

/** When the earliest packet was captured, in microseconds since 1970; negative before there is one. */
export function earliestTime(): f64 {
  return earliest == u64.MAX_VALUE ? -1 : f64(earliest / 1000);
}

/** When the latest packet was captured, in microseconds since 1970. */
export function latestTime(): f64 {
  return f64(latest / 1000);
}

/** Moves packet time on, in microseconds since 1970. */
export function advance(time: f64): void {
  describe.restart();
  timers.advance(u64(time) * 1000);
}

/** Ends every flow that nobody waits for. */
export function flush(): void {
  describe.restart();
  giveUpEarly();
  timers.flush();
}

let written: i32 = 0;

/** How many flows the last `drain` wrote. With descriptors on, their list then holds each flow with the place behind its record. */
export function drained(): i32 {
  return written;
}

/** Writes records of flows that have ended; octets of text, 0 when there are none. */
export function drain(): usize {
  let to = output;
  const last = output + outputSize - longestRecord();
  const most = describe.mostNoted();
  written = 0;
  while (to <= last && written < most) {
    const flow = shift(done);
    if (flow == 0) break;
    to = write(flow, to);
    if (describe.isOn()) describe.noteWritten(written, flow, to - output);
    written++;
    pool.release(flow);
  }
  return to - output;
}

/**
 * Expects a flow whose first packet goes from the address at the input's start to the one 16 octets
 * behind; its handle, 0 when there is no room or it is expected already.
 *
 * @param one whether it is one packet, and complete with its first answer
 * @param again whether there was another one on its ports
 * @param since when its connection began, in microseconds since 1970
 */
export function expect(
  version: u8,
  protocol: u8,
  sourcePort: u16,
  destinationPort: u16,
  one: bool,
  again: bool,
  since: f64,
): usize {
  describe.restart();
  packet.time = u64(since) * 1000;
  packet.version = version;
  packet.protocol = protocol;
  packet.source = input;
  packet.destination = input + 16;
  packet.sourcePort = sourcePort;
  packet.destinationPort = destinationPort;
  packet.encapsulation = 0;
  return lifecycle.expect(packet, one, again);
}

/** The next expected flow that has become complete; 0 when there is none. */
export function nextReady(): usize {
  return shift(readyQueue);
}

/** Writes an expected flow's record to the output; octets of text. */
export function record(flow: usize): usize {
  return write(flow, output) - output;
}

/** Ends the interest in an expected flow. The handle is void from here on. */
export function release(flow: usize): void {
  timers.release(flow);
}

export function statsAt(): usize {
  return changetype<usize>(stats);
}

export function statNames(): usize {
  return changetype<usize>(STAT_NAMES);
}
