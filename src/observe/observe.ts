import type { FileReader } from "./file/reader.ts";
import type { FlowTable } from "./flow_table.ts";
import type { Limits } from "./limits.ts";
import type { PacketInterface, Packets } from "./packet_list.ts";

/** How often reading a file yields to signals and timers, in milliseconds. */
const BREATH = 50;

/** Takes flow records: whole lines of ndjson, good for the time of the call. */
export type RecordSink = (lines: Uint8Array) => void;

/** Takes packets, good for the time of the call. */
export type PacketSink = (packets: Packets) => void;

/** Packets on their way to flow records. */
export interface Observation {
  readonly table: FlowTable;
  readonly limits: Limits;
  readonly records: RecordSink;
  readonly packets?: PacketSink | undefined;
  /** Waits until `records` should be given more; null when it should now. */
  readonly room: (stop: AbortSignal) => Promise<void> | null;
  /** Ends it in order, with the records of all that was read. */
  readonly stop: AbortSignal;
}

/** Reads a capture file to its end, to a limit, or until it is stopped. */
export async function observeFile(reader: FileReader, observation: Observation): Promise<void> {
  const { limits, room, stop } = observation;
  let breath = performance.now();
  let goesOn = !stop.aborted;
  while (goesOn && !reader.ended && limits.reached === null) {
    if (reader.find()) {
      take(observation, reader.format.interfaces);
      await room(stop);
    } else if (!reader.ended) {
      await reader.ready(stop);
      // Only here: what was read of a pipe nobody else can read again
      goesOn = !stop.aborted;
      if (goesOn) reader.read();
    }
    if (performance.now() - breath < BREATH) continue;
    await new Promise((resolve) => setTimeout(resolve, 0));
    breath = performance.now();
  }
  finish(observation);
}

/** Passes on the listed packets that are within the limits; how many. */
export function take(observation: Observation, interfaces: readonly PacketInterface[]): number {
  const { table, limits, packets } = observation;
  const list = table.packets;
  list.cut(limits.take(list.view(interfaces)));
  let failure: { readonly error: unknown } | null = null;
  try {
    table.dissectListed();
  } catch (error) {
    failure = { error };
  }
  const view = list.view(interfaces);
  const flow = table.numbersFlows ? (i: number) => table.flowOf(view.frame(i)) : undefined;
  packets?.({ ...view, flow });
  if (failure !== null) {
    // A chain in JavaScript threw: what was seen before is written all the same
    finish(observation);
    throw failure.error;
  }
  drain(observation);
  return list.count;
}

/** Ends all flows, and passes on their records. */
export function finish(observation: Observation): void {
  observation.table.flush();
  drain(observation);
}

/** Passes on the records of flows that have ended. */
export function drain({ table, records }: Observation): void {
  for (let lines = table.drain(); lines.length > 0; lines = table.drain()) records(lines);
}
