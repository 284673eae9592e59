import type { Config } from "../../../src/serve/config/schema.ts";
import { Database } from "../../../src/serve/database/database.ts";
import { Courier } from "../../../src/serve/deliveries/courier.ts";
import type { Delivery } from "../../../src/serve/deliveries/delivery.ts";
import type { Destination } from "../../../src/serve/deliveries/destination.ts";
import { DeliveryStore } from "../../../src/serve/deliveries/store.ts";
import { ResultStore } from "../../../src/serve/measurements/result_store.ts";
import { MeasurementStore } from "../../../src/serve/measurements/store.ts";
import { Folder } from "../../data/temporary.ts";
import { until } from "../../until.ts";
import { FastClock } from "../fast_clock.ts";
import { type Changes, configWith } from "../running_server.ts";

type Request = Parameters<MeasurementStore["add"]>[1];
type Results = Parameters<ResultStore["addResults"]>[1];

/** What a measurement was asked for. */
export const REQUEST = { spider: "ecn", name: "spring" } as unknown as Request;

/** One result. */
export function result(dip: string, ...conditions: string[]): Results[number] {
  const time = { from: "2026-11-30T11:00:00.000Z", to: "2026-11-30T11:00:01.000Z" };
  return { dip, conditions, time };
}

/** A courier with its database, on a clock on which waiting takes no time, without a server around it. */
export class Outbox implements AsyncDisposable {
  readonly folder: Folder;
  readonly database: Database;
  readonly store: MeasurementStore;
  readonly kept: ResultStore;
  readonly deliveries: DeliveryStore;
  readonly courier: Courier;
  readonly clock: FastClock;
  readonly lines: string[] = [];
  readonly ends: string[] = [];
  config: Config;
  /** What has ended it. */
  broken: unknown = null;
  readonly #ownsFolder: boolean;

  constructor(changes: Changes, folder?: Folder, clock = new FastClock()) {
    this.clock = clock;
    this.folder = folder ?? new Folder();
    this.#ownsFolder = folder === undefined;
    this.config = configWith(changes);
    this.database = Database.open(this.folder.at("serve.db"));
    this.store = new MeasurementStore(this.database);
    this.kept = new ResultStore(this.database);
    this.deliveries = new DeliveryStore(this.database);
    this.courier = new Courier({
      ...{ deliveries: this.deliveries, store: this.store, kept: this.kept, clock: this.clock },
      config: () => this.config,
      log: { write: (level, text) => this.lines.push(`${level} ${text}`) },
      tried: (end) => this.ends.push(end),
    });
  }

  start(): void {
    this.courier.start((error) => this.broken = error);
  }

  /** Keeps a measurement whose run has ended, with its results; its row and its id. */
  ended(deliver: readonly Destination[], results: Results = []): { number: number; id: string } {
    const now = this.clock.now();
    const measurement = this.store.add(null, { ...REQUEST, deliver: [...deliver] }, ["{}"], now);
    this.run(measurement.id, results);
    this.store.end(measurement, { state: "completed", problem: null }, this.clock.now());
    this.courier.poke();
    return measurement;
  }

  /** Begins a run, and keeps results of it. */
  run(id: string, results: Results): void {
    this.store.begin(this.store.get(id)!);
    const measurement = this.store.get(id)!;
    this.kept.addResults(measurement, results);
    this.store.endBatch(measurement, measurement.targets, { skipped: 0 });
  }

  delivery({ number: measurement }: { readonly number: number }, number = 1): Delivery {
    return this.deliveries.get({ measurement, number })!;
  }

  /** Waits until a delivery is in a state. */
  async until(state: Delivery["state"], of: { readonly number: number }, number = 1) {
    await until(`delivery ${number} is ${state}`, () => {
      if (this.broken !== null) throw this.broken;
      return this.delivery(of, number).state === state;
    });
    return this.delivery(of, number);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.courier.close(10_000);
    this.database.close();
    if (this.#ownsFolder) this.folder[Symbol.dispose]();
  }
}
