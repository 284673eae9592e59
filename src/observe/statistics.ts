import { linkName } from "../host/link_type.ts";
import type { FileInterface } from "./file/interfaces.ts";
import type { FlowTable } from "./flow_table.ts";
import type { CaptureFacts } from "./observed_capture.ts";

/** Why an observation ended. */
export type Ending = "end" | "count" | "duration" | "interrupted" | "fault";

/** Statistics of a capture, as data; the keys are those of the JSON that leaves the program. */
export interface Statistics {
  /** The interface or the file. */
  readonly source: string;
  /** Name of the link type, such as `EN10MB`; of several, with a comma between them; null without one. */
  readonly link_type: string | null;
  /** Octets kept of each packet at most; null without an interface. */
  readonly snaplen: number | null;
  /** Where packets were seen. */
  readonly interfaces: readonly InterfaceStatistics[];
  /** What is remarkable about a file, each a sentence without its end. */
  readonly remarks: readonly string[];
  /** Null while it goes on. */
  readonly ended: Ending | null;
  /** Why it broke off: the error of libpcap, of what unpacks it, of the file or the output; else null. */
  readonly fault: string | null;
  /** Seconds that the observation took. */
  readonly elapsed: number;
  /** Times of the earliest and the latest packet, seconds since 1970; null without packets. */
  readonly first_packet: number | null;
  readonly last_packet: number | null;
  /** Seconds between the two. */
  readonly duration: number | null;
  /** Dropped because the kernel's buffer was full; null where a file does not tell. */
  readonly dropped_by_kernel: number | null;
  /** Dropped by the interface or its driver; null where a file does not tell. */
  readonly dropped_by_interface: number | null;
  /** Every counter of the flow table and the file by its name: packets, octets, flows, truncated, ... */
  readonly [counter: string]: unknown;
}

/** An interface as the statistics have it. */
export interface InterfaceStatistics {
  /** Null where a file does not name it. */
  readonly name: string | null;
  readonly link_type: string;
  readonly snaplen: number;
  /** The filter that a file says its packets have passed. */
  readonly filter: string | null;
  /** What its author says of it. */
  readonly comment: string | null;
  readonly packets: number;
  readonly dropped_by_kernel: number | null;
  readonly dropped_by_interface: number | null;
}

/** Facts about an observation besides the capture and the flow table. */
export interface StatisticsOptions {
  readonly source: string;
  readonly ended: Ending | null;
  readonly fault: string | null;
  readonly elapsed: number;
}

/** Gathers the statistics of a capture. */
export function statistics(
  { interfaces, counters, remarks, dropped }: CaptureFacts,
  table: FlowTable,
  { source, ended, fault, elapsed }: StatisticsOptions,
): Statistics {
  const [first, last] = [table.firstTime, table.lastTime];
  return {
    source,
    link_type: linkTypes(interfaces),
    snaplen: interfaces.length === 0 ? null : Math.max(...interfaces.map(({ snaplen }) => snaplen)),
    ended,
    fault,
    elapsed: micro(elapsed),
    first_packet: first,
    last_packet: last,
    duration: first === null || last === null ? null : micro(last - first),
    ...table.stats(),
    ...counters,
    dropped_by_kernel: dropped.bySystem,
    dropped_by_interface: dropped.byInterface,
    interfaces: interfaces.map((one) => ({
      name: one.name,
      link_type: linkName(one.linkType),
      snaplen: one.snaplen,
      filter: one.filter,
      comment: one.comment,
      packets: one.packets,
      dropped_by_kernel: one.droppedBySystem,
      dropped_by_interface: one.droppedByInterface,
    })),
    remarks,
  };
}

/** The link types that packets have; where there are none, those of all interfaces. */
function linkTypes(interfaces: readonly FileInterface[]): string | null {
  const used = interfaces.filter(({ packets }) => packets > 0);
  const types = (used.length > 0 ? used : interfaces).map(({ linkType }) => linkType);
  return [...new Set(types)].map(linkName).join(", ") || null;
}

function micro(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}
