import type { Capture } from "../host/capture.ts";
import { wallClock } from "../host/clock.ts";
import { LinkWatch } from "../host/link_watch.ts";
import { Reactor, READY } from "../host/reactor.ts";
import { captureProblem } from "../host/still_usable.ts";
import type { FlowTable } from "./flow_table.ts";
import type { Limits } from "./limits.ts";
import { wholeRecords } from "./records.ts";

/** Packets taken at once; between two batches records are written and signals are handled. */
export const BATCH = 16_384;
/** The same from a pipe, whose writer may be slow. */
const PIPE_BATCH = 256;
const BATCHES_A_TURN = 8;
/** How often reading a file yields to signals and timers, in milliseconds. */
const BREATH = 50;
/** How long a pipe that is silent may still give what it has after a stop, in milliseconds. */
const GRACE = 300;
/** When a live capture is empty, packets older than this have surely been read, in milliseconds. */
const SETTLED = 1000;

/** Takes flow records: whole lines of ndjson, good for the time of the call. */
export type RecordSink = (lines: Uint8Array) => void;

/** Takes packets as pcap_dump(3) writes them, whole records, good for the time of the call. */
export type PacketSink = (records: Uint8Array) => void;

/** One capture on its way to flow records. */
export interface CaptureObservation {
  readonly capture: Capture;
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
export async function observeFile(observation: CaptureObservation): Promise<void> {
  const { capture, limits, stop } = observation;
  let breath = performance.now();
  while (!capture.ended && limits.reached === null && !stop.aborted) {
    if (capture.isSlow) {
      await pumpSlowly(observation);
      await observation.room(stop);
      continue;
    }
    pump(observation);
    await observation.room(stop);
    if (performance.now() - breath < BREATH) continue;
    await new Promise((resolve) => setTimeout(resolve, 0));
    breath = performance.now();
  }
  finish(observation);
}

/** Watches an interface to a limit, until it is stopped, or until the capture breaks off. */
export async function observeLive(observation: CaptureObservation): Promise<void> {
  const { capture, table, limits, stop } = observation;
  using reactor = new Reactor();
  const end = () => reactor.stop();
  // libpcap does not report an interface that is down: it waits for its return
  let problem: string | null = null;
  using _watch = new LinkWatch(reactor, {
    changed({ links, lost }) {
      if (links.size === 0 && !lost) return;
      problem = captureProblem(capture.device!);
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
      let octets = 1;
      for (let i = 0; i < BATCHES_A_TURN && octets > 0; i++) octets = pump(observation);
      if (octets === 0) table.advance(wallClock() - SETTLED);
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
  while (pump(observation) > 0);
  capture.fault ??= problem;
  finish(observation);
}

/** Takes a batch that may take long, but does not wait for a silent pipe after a stop. */
async function pumpSlowly(observation: CaptureObservation): Promise<void> {
  const { capture, table, limits, stop } = observation;
  const most = limits.allow(capture.isPipe ? PIPE_BATCH : BATCH);
  const input = table.input(most);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const givenUp = Promise.withResolvers<number>();
  const end = () => {
    capture.breakOff();
    const giveUp = () => givenUp.resolve(wholeRecords(input.subarray(0, capture.soFar())));
    timer = setTimeout(giveUp, GRACE);
  };
  stop.addEventListener("abort", end, { once: true });
  let octets: number;
  try {
    octets = await Promise.race([capture.readLater(input, most), givenUp.promise]);
  } finally {
    clearTimeout(timer);
    stop.removeEventListener("abort", end); // the capture may be closed when a later stop comes
  }
  take(observation, input.subarray(0, octets));
}

/** Takes the next batch, of an interface what waits; how many octets of it are within the limits. */
function pump(observation: CaptureObservation): number {
  const { capture, table, limits } = observation;
  if (capture.ended || limits.allow(BATCH) <= 0) return 0;
  const input = table.input(BATCH);
  const octets = capture.read(input, limits.allow(BATCH));
  return take(observation, input.subarray(0, octets));
}

/** Passes on the octets of a batch that are within the limits. */
function take(observation: CaptureObservation, batch: Uint8Array<ArrayBuffer>): number {
  const { capture, table, limits, packets } = observation;
  const octets = limits.take(batch, capture.packets, capture.fraction);
  packets?.(batch.subarray(0, octets));
  try {
    table.dissect(octets, capture.linkType, capture.fraction);
  } catch (error) {
    // A chain in JavaScript threw: what was seen before is written all the same
    finish(observation);
    throw error;
  }
  drain(observation);
  return octets;
}

function finish(observation: CaptureObservation): void {
  observation.table.flush();
  drain(observation);
}

function drain({ table, records }: CaptureObservation): void {
  for (let lines = table.drain(); lines.length > 0; lines = table.drain()) records(lines);
}
