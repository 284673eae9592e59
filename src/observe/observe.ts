import type { Capture } from "../host/capture.ts";
import { wallClock } from "../host/clock.ts";
import { Reactor, READY } from "../host/reactor.ts";
import type { FlowTable } from "./flow_table.ts";

/** Packets taken at once; between two batches records are written and signals are heard. */
export const BATCH = 16_384;
const BATCHES_A_TURN = 8;
/** How often a file gives way to signals and timers, in milliseconds. */
const BREATH = 50;
/** Packets up to so many milliseconds ago have surely been read when a live capture is empty. */
const SETTLED = 1000;

/** Takes flow records: whole lines of ndjson, good for the time of the call. */
export type RecordSink = (lines: Uint8Array) => void;

/** Reads a capture file to its end, or until `stop` aborts, and hands on its flow records. */
export async function observeFile(
  capture: Capture,
  table: FlowTable,
  sink: RecordSink,
  stop: AbortSignal,
): Promise<void> {
  let breath = performance.now();
  while (!capture.ended && !stop.aborted) {
    pump(capture, table, sink);
    if (performance.now() - breath < BREATH) continue;
    await new Promise((resolve) => setTimeout(resolve, 0));
    breath = performance.now();
  }
  finish(table, sink);
}

/** Watches an interface until `stop` aborts or the capture breaks off; then hands on all that is left. */
export async function observeLive(
  capture: Capture,
  table: FlowTable,
  sink: RecordSink,
  stop: AbortSignal,
): Promise<void> {
  using reactor = new Reactor();
  const end = () => reactor.stop();
  reactor.add(capture.fd, READY.read, () => {}); // being readable only has to end the wait
  reactor.onTurn(() => {
    let octets = 1;
    for (let i = 0; i < BATCHES_A_TURN && octets > 0; i++) octets = pump(capture, table, sink);
    if (octets === 0) table.advance(wallClock() - SETTLED);
    drain(table, sink);
    if (capture.ended) end();
  });
  stop.addEventListener("abort", end, { once: true });
  if (!stop.aborted) await reactor.run();
  reactor.remove(capture.fd);
  while (!capture.ended && pump(capture, table, sink) > 0);
  finish(table, sink);
}

/** Dissects one batch; how many octets it had. */
function pump(capture: Capture, table: FlowTable, sink: RecordSink): number {
  const octets = capture.read(table.input(BATCH), BATCH);
  table.dissect(octets, capture.linkType, capture.fraction);
  drain(table, sink);
  return octets;
}

function finish(table: FlowTable, sink: RecordSink): void {
  table.flush();
  drain(table, sink);
}

function drain(table: FlowTable, sink: RecordSink): void {
  for (let lines = table.drain(); lines.length > 0; lines = table.drain()) sink(lines);
}
