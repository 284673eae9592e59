import { Counter, Gauge, Registry } from "prom-client";
import type { AttemptEnd } from "../deliveries/attempt.ts";
import type { MeasurementStore } from "../measurements/store.ts";

/** Numbers about a server, as Prometheus reads them. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Counter<"method" | "status">;
  readonly #attempts: Counter<"outcome">;

  constructor(store: Pick<MeasurementStore, "countByState">, since: number) {
    const registers = [this.#registry];
    this.#requests = new Counter({
      name: "spider_requests_total",
      help: "Requests that were answered.",
      labelNames: ["method", "status"],
      registers,
    });
    this.#attempts = new Counter({
      name: "spider_delivery_attempts_total",
      help: "Attempts to deliver the end of a run, by what they came to.",
      labelNames: ["outcome"],
      registers,
    });
    new Gauge({
      name: "spider_measurements",
      help: "Measurements that are kept, by their state.",
      labelNames: ["state"],
      registers,
      collect() {
        this.reset();
        for (const { state, count } of store.countByState()) this.set({ state }, count);
      },
    });
    new Gauge({
      name: "process_start_time_seconds",
      help: "When the server began, in seconds since 1970.",
      registers,
    }).set(since / 1000);
    new Gauge({
      name: "process_resident_memory_bytes",
      help: "Octets of memory that the server takes.",
      registers,
      collect() {
        this.set(Deno.memoryUsage().rss);
      },
    });
  }

  /** Counts a request that was answered. */
  answered(method: string, status: number): void {
    this.#requests.inc({ method: KNOWN.has(method) ? method : "other", status });
  }

  /** Counts an attempt to deliver. */
  tried(outcome: AttemptEnd["state"]): void {
    this.#attempts.inc({ outcome });
  }

  /** All of them, in Prometheus's text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** The media type of {@linkcode text}. */
  get type(): string {
    return this.#registry.contentType;
  }
}

/** Methods that are counted by their names: a stranger may make up any number of others. */
const KNOWN: ReadonlySet<string> = new Set([
  ...["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
]);
