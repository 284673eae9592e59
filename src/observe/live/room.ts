import { RECORD_HEADER } from "../records.ts";
import { BATCH } from "./lane.ts";

// What is set aside for packets of a live capture. One interface has a batch of packets at a time,
// of several each has what comes while it waits for the others.

const ONE_INPUT = 64 << 20;
const EACH_INPUT = 32 << 20;
const EACH_BUFFER = 64 << 20;
/** Octets for all interfaces at most, of either kind. */
const ALL = 256 << 20;

/** Octets of a flow table's input, of which each interface has the same part. */
export function liveInput(interfaces: number, snaplen: number): number {
  if (interfaces > 1) return interfaces * Math.min(EACH_INPUT, Math.floor(ALL / interfaces));
  return Math.min(BATCH * (snaplen + RECORD_HEADER) + 1, ONE_INPUT);
}

/** Octets of the kernel's buffer for each interface. */
export function kernelBuffer(interfaces: number): number {
  return Math.min(EACH_BUFFER, Math.floor(ALL / interfaces));
}
