import { sleep } from "../../host/sleep.ts";
import type { Config } from "../config/schema.ts";
import type { Measurement } from "../measurements/measurement.ts";
import type { WallClock } from "../measurements/queue.ts";
import type { ResultStore } from "../measurements/result_store.ts";
import type { MeasurementStore } from "../measurements/store.ts";
import { refusalOf } from "./allowed.ts";
import type { AttemptEnd } from "./attempt.ts";
import { type Delivery, deliveryId } from "./delivery.ts";
import { uploadTo } from "./observatory.ts";
import type { DeliveryStore } from "./store.ts";
import { callWebhook, webhookBody } from "./webhook.ts";

/** Results that are read from the database at once. */
const AT_ONCE = 500;

/** Where what is delivered, and where to, is found. */
export interface DeliverParts {
  readonly deliveries: DeliveryStore;
  readonly store: MeasurementStore;
  readonly kept: ResultStore;
  readonly config: () => Config;
  readonly clock: WallClock;
}

/**
 * Tries to deliver, once. What the configuration allows is asked for each time: it may have changed.
 *
 * @param signal interrupts it
 * @throws {DatabaseFailure} when the database cannot be read
 */
export async function deliver(
  delivery: Delivery,
  { deliveries, store, kept, config, clock }: DeliverParts,
  signal: AbortSignal,
): Promise<AttemptEnd> {
  const { of, destination, run } = delivery;
  const { deliveries: { base }, observatories } = config();
  const problem = refusalOf(destination, config());
  if (problem !== null) {
    // Webhooks that are not allowed are not called; an observatory may only be missing in another file
    const state = "observatory" in destination ? "failed" : "hopeless";
    return { state, status: null, problem, wait: null };
  }
  // It is there: its deliveries are removed with it
  const measurement = store.get(of)!;
  const { request: { spider, name = null } } = measurement;
  const counted = kept.countRun(measurement, run);
  const now = clock.now();
  if ("webhook" in destination) {
    const body = webhookBody(delivery, { spider, name, ...counted }, base);
    return await callWebhook(destination, { id: deliveryId(delivery), body, now, signal });
  }
  const before = deliveries.resultsBefore(delivery);
  return await uploadTo(observatories[destination.observatory]!, {
    ...{ spider, measurement: of, run },
    lines: () => linesOf(measurement, run, { before, count: counted.results }, kept, signal),
    isKept: () => store.get(of) !== undefined,
  }, { now, signal });
}

/** Results of a run as lines of JSON, some at a time; others have their turn in between. */
async function* linesOf(
  measurement: Measurement,
  run: number,
  { before, count }: { readonly before: number; readonly count: number },
  kept: ResultStore,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let last = before;
  // With their count no end is looked for behind them, in all that later runs have
  for (let left = count; left > 0;) {
    signal.throwIfAborted();
    const rows = kept.results(measurement, { run }, last, Math.min(AT_ONCE, left));
    if (rows.length === 0) return;
    last = rows.at(-1)!.number;
    left -= rows.length;
    yield encoder.encode(rows.map(({ line }) => `${line}\n`).join(""));
    await sleep(0);
  }
}
