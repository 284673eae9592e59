import type { Chain } from "../contract/chain.ts";
import type { FlowRecord } from "../contract/flow.ts";
import type { Endpoint } from "../contract/job.ts";
import { FlowTable } from "../observe/flow_table.ts";
import { RECORD_HEADER } from "../observe/records.ts";

/** Raw IP, as files name it (LINKTYPE_RAW). */
const RAW = 101;
/** Nanoseconds that a unit of a time's fraction is worth. */
const MICROSECONDS = 1000;
/** More than a probe and what is kept of its answer, with their headers. */
const INPUT = 4096;
/** More than the flows of a target; those of targets before make room for them. */
const MOST_FLOWS = 64;
/** Of packet time, in seconds: no flow ends but by being released. */
const IDLE = 86_400;
const LINGER = 1;

/** A packet to replay. */
export interface ReplayedPacket {
  readonly octets: Uint8Array;
  /** Octets that it had on the wire. */
  readonly length: number;
  /** In milliseconds since 1970. */
  readonly time: number;
}

/** Shows packets of flows to the dissector and the chains, as if they had been captured. */
export class Replay {
  readonly #table: FlowTable;

  /** Throws a {@linkcode Failure} for an invalid chain, or when memory does not suffice. */
  constructor(chains: readonly (string | Chain)[]) {
    this.#table = new FlowTable({
      chains: ["basic", ...chains],
      idle: IDLE,
      linger: LINGER,
      expectedOnly: true,
      maxFlows: MOST_FLOWS,
      input: INPUT,
    });
  }

  /** The record of a flow of which these are the packets; forward is from `local`. */
  record(
    local: Endpoint,
    remote: Endpoint,
    protocol: number,
    packets: readonly ReplayedPacket[],
  ): FlowRecord {
    const table = this.#table;
    const flow = table.expect(local, remote, protocol, { one: true });
    try {
      const input = table.input(1);
      const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
      let at = 0;
      for (const { octets, length, time } of packets) {
        view.setUint32(at, Math.floor(time / 1000), true);
        view.setUint32(at + 4, Math.floor(time * 1000) % 1_000_000, true);
        view.setUint32(at + 8, octets.length, true);
        view.setUint32(at + 12, Math.max(length, octets.length), true);
        input.set(octets, at + RECORD_HEADER);
        at += RECORD_HEADER + octets.length;
      }
      table.dissect(at, RAW, MICROSECONDS);
      return JSON.parse(table.record(flow)) as FlowRecord;
    } finally {
      table.release(flow);
    }
  }
}
