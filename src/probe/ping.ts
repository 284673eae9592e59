import { isLocal } from "./classify.ts";
import type { MtrPacket } from "./mtr_packet.ts";
import { probePersistently } from "./persistent.ts";
import type { ProbeResult } from "./probe_result.ts";
import type { Address } from "./probe_options.ts";
import { RoundTrips } from "./round_trips.ts";
import { fewer, type RoundOptions, rounds } from "./rounds.ts";

/** Probes to one target that wait for an answer at once. */
const MOST_PENDING = 960;

/** The outcomes of the probes to one target. */
export class Ping {
  readonly to: Address;
  /** When it began, in milliseconds since 1970. */
  readonly began = Date.now();
  /** Only what the target itself answered counts as received. */
  readonly times = new RoundTrips();
  /** Every result; empty when they are not kept. */
  readonly results: ProbeResult[] = [];
  /** The last result; null before the first. */
  last: ProbeResult | null = null;
  /** Why nothing can be sent from this host; null when that works. */
  refused: ProbeResult | null = null;
  readonly #mtr: MtrPacket;
  readonly #options: RoundOptions;
  readonly #stop = new AbortController();

  constructor(mtr: MtrPacket, to: Address, options: RoundOptions) {
    this.#mtr = mtr;
    this.to = to;
    this.#options = options;
    this.refused = options.refused ?? null;
  }

  /**
   * Pings to the end, or until the signal. To be called once.
   *
   * @throws {ProcessError} when mtr-packet has ended; the results so far remain
   */
  async run(): Promise<void> {
    const { queries, intervalMs, signal } = this.#options;
    if (this.refused !== null) this.#stop.abort();
    const end = AbortSignal.any([signal, this.#stop.signal]);
    const failures: unknown[] = [];
    const pending = new Set<Promise<void>>();
    await rounds(queries, intervalMs, end, async () => {
      await fewer(pending, MOST_PENDING);
      if (end.aborted) return;
      const sent = this.#probe(end).catch((error) => {
        if (!end.aborted) failures.push(error);
        this.#stop.abort();
      }).finally(() => pending.delete(sent));
      pending.add(sent);
    });
    await Promise.all(pending);
    if (failures.length > 0) throw failures[0];
  }

  async #probe(signal: AbortSignal): Promise<void> {
    const result = await probePersistently(this.#mtr, this.to, { ...this.#options.probe, signal });
    if (this.#options.keep) this.results.push(result);
    this.last = result;
    if (isLocal(result, this.#options.probe.protocol)) {
      this.refused = result;
      this.#stop.abort();
      return;
    }
    this.times.add(result.success ? result.timeMs : null);
  }
}
