import {
  monotonicMicroseconds,
  type ServiceManager,
  type ServiceState,
} from "../host/service_manager.ts";
import type { Log } from "./log.ts";

/** How often a manager is told what the server does that has no watchdog, in milliseconds. */
const EVERY = 10_000;

/** What reports are made of. */
export interface ReportParts {
  readonly manager: ServiceManager;
  readonly log: Log;
  /**
   * What the server does, as a phrase.
   *
   * @throws when it cannot do its work, such as when its database does not answer
   */
  readonly doing: () => string;
}

/**
 * Tells the service manager how the server is, as sd_notify(3) has it. The watchdog hears of it as long as
 * this program's event loop turns and the server can say what it does; of one that hangs it hears nothing,
 * and ends it.
 */
export class ServiceReports implements Disposable {
  readonly #parts: ReportParts;
  readonly #timer: ReturnType<typeof setInterval>;
  /** Why the last report did not arrive. */
  #lost: string | null = null;

  /** Says that the server is ready, and what it does from then on. */
  constructor(parts: ReportParts) {
    this.#parts = parts;
    const { manager: { watchdog } } = parts;
    // Half of its time, so that one late report ends nothing (sd_watchdog_enabled(3))
    this.#timer = setInterval(() => this.#live(), watchdog === null ? EVERY : watchdog / 2);
    Deno.unrefTimer(this.#timer);
    this.#tell({ READY: 1 });
    this.#live();
  }

  /** Says that the server reads its configuration again, while it does. */
  async reloading(reload: () => Promise<void>): Promise<void> {
    this.#tell({ RELOADING: 1, MONOTONIC_USEC: monotonicMicroseconds() });
    try {
      await reload();
    } finally {
      this.#tell({ READY: 1 });
    }
  }

  /** Says that the server ends. */
  stopping(): void {
    this.#tell({ STOPPING: 1, STATUS: "ending: what is being measured is finished" });
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #live(): void {
    const { manager: { watchdog }, log, doing } = this.#parts;
    let status: string;
    try {
      status = doing();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      log.write("error", `the service manager is told nothing, since the server fails: ${why}`);
      return;
    }
    this.#tell({ STATUS: status, ...(watchdog === null ? {} : { WATCHDOG: 1 }) });
  }

  #tell(state: ServiceState): void {
    const why = this.#parts.manager.tell(state);
    if (why !== null && why !== this.#lost) {
      this.#parts.log.write("warning", `the service manager cannot be told anything: ${why}`);
    }
    this.#lost = why;
  }
}
