// What the program sees of the module. Times are handed over in microseconds as f64, which holds
// them exactly, so that no call needs a BigInt.
import { batch } from "./batch.ts";
import * as registry from "./chain/registry.ts";
import { COMPLETE, Flow } from "./flow/flow.ts";
import { reserveFragments } from "./flow/fragments.ts";
import { SEED_SIZE, seedAt } from "./flow/hash.ts";
import * as lifecycle from "./flow/lifecycle.ts";
import * as pool from "./flow/pool.ts";
import { done, ready as readyQueue, shift } from "./flow/queue.ts";
import * as timers from "./flow/timers.ts";
import { allocate } from "./memory.ts";
import { chainAt, chainCount, field, fieldCount, TYPES } from "./output/field.ts";
import { longestRecord, selectFields, write } from "./output/ndjson.ts";
import { packet } from "./packet.ts";
import { STAT_NAMES, stats } from "./stats.ts";
import { knowsLink } from "./wire/link.ts";

export { knowsLink, seedAt };

registry.declareAll();

/** Octets of the seed of the hash, which goes to `seedAt` before `setup`. */
export function seedSize(): usize {
  return SEED_SIZE;
}

/** Octets that one flow takes in the table, without its entry in the index. */
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
 * as memory has room for). False when memory is used up.
 */
export function setup(
  chains: u32,
  idle: f64,
  linger: f64,
  expectedOnly: bool,
  inputOctets: usize,
  outputOctets: usize,
  mostFlows: usize,
): bool {
  registry.select(chains);
  selectFields(chains);
  timers.setTimeouts(u64(idle) * 1000, u64(linger) * 1000);
  lifecycle.setExpectedOnly(expectedOnly);
  pool.setPool(registry.sizeOf(chains), mostFlows);
  inputSize = inputOctets;
  outputSize = max(outputOctets, longestRecord());
  input = allocate(inputSize);
  output = allocate(outputSize);
  return input != 0 && output != 0 && reserveFragments() && pool.reserve(1);
}

/** Where packets are put for `dissect`. */
export function inputAt(): usize {
  return input;
}

/** Where `drain` and `record` leave text. */
export function outputAt(): usize {
  return output;
}

/** Makes room for so many more flows. Memory may grow: views of it are to be made again. */
export function reserve(flows: usize): bool {
  return pool.reserve(flows);
}

/** Dissects so many octets of the input, as pcap_dump(3) wrote them; the octets that were read. */
export function dissect(octets: usize, linkType: i32, fraction: u32): usize {
  return batch(input, input + min(octets, inputSize), linkType, fraction);
}

/** Moves packet time on, in microseconds since 1970. */
export function advance(time: f64): void {
  timers.advance(u64(time) * 1000);
}

/** Ends every flow that nobody waits for. */
export function flush(): void {
  timers.flush();
}

/** Writes records of flows that have ended; octets of text, 0 when there are none. */
export function drain(): usize {
  let to = output;
  const last = output + outputSize - longestRecord();
  while (to <= last) {
    const flow = shift(done);
    if (flow == 0) break;
    to = write(flow, to);
    pool.release(flow);
  }
  return to - output;
}

/** Expects a flow whose first packet goes from the address at the input's start to the one 16 octets behind; its handle, 0 when there is no room or it is expected already. */
export function expect(version: u8, protocol: u8, sourcePort: u16, destinationPort: u16): usize {
  packet.version = version;
  packet.protocol = protocol;
  packet.source = input;
  packet.destination = input + 16;
  packet.sourcePort = sourcePort;
  packet.destinationPort = destinationPort;
  return lifecycle.expect(packet);
}

/** The next expected flow that has become complete; 0 when there is none. */
export function nextReady(): usize {
  return shift(readyQueue);
}

export function isComplete(flow: usize): bool {
  return changetype<Flow>(flow).state == COMPLETE;
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
