import type { Capture } from "../host/capture.ts";
import { wallClock } from "../host/clock.ts";
import { LinkWatch } from "../host/link_watch.ts";
import { Reactor, READY } from "../host/reactor.ts";
import { captureProblem } from "../host/still_usable.ts";
import type { FileReader } from "./file/reader.ts";
import type { FlowTable } from "./flow_table.ts";
import type { Limits } from "./limits.ts";
import type { PacketInterface, Packets } from "./packet_list.ts";

/** Packets taken at once; between two batches records are written and signals are handled. */
export const BATCH = 16_384;
const BATCHES_A_TURN = 8;
/** How often reading a file yields to signals and timers, in milliseconds. */
const BREATH = 50;
/** When a live capture is empty, packets older than this have surely been read, in milliseconds. */
const SETTLED = 1000;

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

/** Watches an interface to a limit, until it is stopped, or until the capture breaks off. */
export async function observeLive(capture: Capture, observation: Observation): Promise<void> {
  const { table, limits, stop } = observation;
  const { linkType } = capture;
  table.beginFile();
  // Lengths on the wire are the kernel's own: what is as long as the snapshot was not cut unsaid
  table.addInterface({ linkType, snaplen: 0, resolution: 9, offset: 0 });
  using reactor = new Reactor();
  const end = () => reactor.stop();
  // libpcap does not report an interface that is down: it waits for its return
  let problem: string | null = null;
  using _watch = new LinkWatch(reactor, {
    changed({ links, lost }) {
      if (links.size === 0 && !lost) return;
      problem = captureProblem(capture.device);
      if (problem !== null) end();
    },
  });
  reactor.add(capture.fd, READY.read, () => {}); // being readable only has to end the wait
  let reading = true;
  let ended = false;
  /** Leaves packets to the kernel, which counts those that it drops, until records are wanted. */
  const pause = (room: Promise<void>) => {
    reading = false;
    reactor.modify(capture.fd, 0);
    room.then(() => {
      reading = true;
      if (!ended) reactor.modify(capture.fd, READY.read);
    });
  };
  reactor.onTurn(() => {
    if (reading) {
      let some = true;
      for (let i = 0; i < BATCHES_A_TURN && some; i++) some = pump(capture, observation);
      if (!some) table.advance(wallClock() - SETTLED);
      drain(observation);
      const room = observation.room(stop);
      if (room !== null) pause(room);
    }
    limits.tell(wallClock());
    if (capture.ended || limits.reached !== null) end();
  });
  stop.addEventListener("abort", end, { once: true });
  try {
    if (!stop.aborted) await reactor.run();
  } finally {
    stop.removeEventListener("abort", end); // the reactor is closed when a later stop comes
  }
  ended = true;
  reactor.remove(capture.fd);
  limits.end(wallClock()); // or on a busy link the last turn would never end
  while (pump(capture, observation));
  capture.fault ??= problem;
  finish(observation);
}

/** Takes the next batch of an interface; whether there was one within the limits. */
function pump(capture: Capture, observation: Observation): boolean {
  const { table, limits } = observation;
  if (capture.ended || limits.reached !== null) return false;
  const octets = capture.read(table.input(BATCH), limits.allow(BATCH));
  const { device, linkType, snaplen, fraction } = capture;
  const seen = [{ name: device, linkType, snaplen }];
  let taken = 0;
  for (let at = 0; at < octets && limits.reached === null;) {
    table.packets.cut(0);
    at = table.findRecords(at, octets, false, fraction, octets);
    taken += take(observation, seen);
  }
  return taken > 0;
}

/** Passes on the listed packets that are within the limits; how many. */
function take(observation: Observation, interfaces: readonly PacketInterface[]): number {
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

function finish(observation: Observation): void {
  observation.table.flush();
  drain(observation);
}

function drain({ table, records }: Observation): void {
  for (let lines = table.drain(); lines.length > 0; lines = table.drain()) records(lines);
}
