import type { Capture, CaptureCounts } from "../host/capture.ts";
import type { FlowTable } from "./flow_table.ts";

/** Why an observation ended. */
export type Ending = "end" | "count" | "duration" | "interrupted" | "fault";

/** Statistics of a capture, as data; the keys are those of the JSON that leaves the program. */
export interface Statistics {
  /** The interface or the file. */
  readonly source: string;
  /** Name of the link type, such as `EN10MB`. */
  readonly link_type: string;
  /** Octets kept of each packet at most. */
  readonly snaplen: number;
  /** Null while it goes on. */
  readonly ended: Ending | null;
  /** Why it broke off: the error of libpcap, of what unpacks it, or of the output; else null. */
  readonly fault: string | null;
  /** Seconds that the observation took. */
  readonly elapsed: number;
  /** Times of the earliest and the latest packet, seconds since 1970; null without packets. */
  readonly first_packet: number | null;
  readonly last_packet: number | null;
  /** Seconds between the two. */
  readonly duration: number | null;
  /** Dropped because the kernel's buffer was full; null for a file. */
  readonly dropped_by_kernel: number | null;
  /** Dropped by the interface or its driver; null for a file. */
  readonly dropped_by_interface: number | null;
  /** Every counter of the flow table by its name: packets, octets, flows, truncated, not_ip, ... */
  readonly [counter: string]: string | number | null;
}

/** Facts about an observation besides the capture and the flow table. */
export interface StatisticsOptions {
  readonly source: string;
  readonly ended: Ending | null;
  readonly fault: string | null;
  readonly elapsed: number;
  /** What libpcap counted; null for a file. */
  readonly counts: CaptureCounts | null;
}

/** Gathers the statistics of a capture. */
export function statistics(
  capture: Capture,
  table: FlowTable,
  { source, ended, fault, elapsed, counts }: StatisticsOptions,
): Statistics {
  const [first, last] = [table.firstTime, table.lastTime];
  return {
    source,
    link_type: capture.linkName,
    snaplen: capture.snaplen,
    ended,
    fault,
    elapsed: micro(elapsed),
    first_packet: first,
    last_packet: last,
    duration: first === null || last === null ? null : micro(last - first),
    ...table.stats(),
    dropped_by_kernel: counts?.dropped ?? null,
    dropped_by_interface: counts?.interfaceDropped ?? null,
  };
}

function micro(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}
