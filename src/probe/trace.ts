import { isFinal, isLocal } from "./fate.ts";
import { Hop } from "./hop.ts";
import type { MtrPacket } from "./mtr_packet.ts";
import type { ProbeResult } from "./probe_result.ts";
import type { Address, ProbeOptions } from "./probe_options.ts";
import { fewer, rounds } from "./rounds.ts";

/** How to trace. */
export interface TraceOptions {
  /** The greatest TTL, 1 to 255. */
  readonly maxTtl: number;
  /** Probes a hop; Infinity until the signal. */
  readonly queries: number;
  /** Milliseconds from one probe of a hop to the next. */
  readonly intervalMs: number;
  /** What every probe has besides its TTL. */
  readonly probe: ProbeOptions;
  /** Whether every single result is kept. */
  readonly keep: boolean;
  readonly signal: AbortSignal;
}

/** Probes of one path that wait for an answer at once, while its length is not known. */
const AHEAD = 8;

/** Probes of one path that wait for an answer at once, before another round begins. */
const MOST_PENDING = 64;

/** The path to one target, as far as it is known. */
export class Trace {
  readonly to: Address;
  /** When it began and ended, in milliseconds since 1970; the end is null before it. */
  readonly began = Date.now();
  ended: number | null = null;
  /** Why nothing can be sent from this host; null when that works. */
  refused: ProbeResult | null = null;
  readonly #mtr: MtrPacket;
  readonly #options: TraceOptions;
  readonly #hops: Hop[] = [];
  readonly #stop = new AbortController();
  readonly #pending = new Set<Promise<void>>();
  #length: number | null = null;

  constructor(mtr: MtrPacket, to: Address, options: TraceOptions) {
    this.#mtr = mtr;
    this.to = to;
    this.#options = options;
  }

  /** The hops from the first on, up to the last that is known to be on the path. */
  get hops(): readonly Hop[] {
    return this.#hops.slice(0, this.#length ?? this.#hops.length);
  }

  /** Whether the target answered. */
  get reached(): boolean {
    return this.hops.at(-1)?.responders.some(({ last }) => last.success) ?? false;
  }

  /**
   * Traces to the end, or until the signal. To be called once.
   *
   * @throws {ProcessError} when mtr-packet has ended; what was found stands
   */
  async run(): Promise<void> {
    const { queries, intervalMs, signal } = this.#options;
    const end = AbortSignal.any([signal, this.#stop.signal]);
    const failures: unknown[] = [];
    const tolerate = (error: unknown) => {
      if (!end.aborted) failures.push(error);
      this.#stop.abort();
    };
    await this.#find(end).catch(tolerate);
    // The first round has probed each hop once
    await rounds(queries, intervalMs, end, async (round) => {
      if (round === 0) return;
      // Where little is answered, probes would be sent faster than they are given up
      await fewer(this.#pending, MOST_PENDING).catch(tolerate);
      if (end.aborted) return;
      const last = this.#length ?? this.#options.maxTtl;
      for (let ttl = 1; ttl <= last; ttl++) this.#send(ttl, end).catch(tolerate);
    });
    // What they throw was told above
    await Promise.allSettled(this.#pending);
    this.ended = Date.now();
    if (failures.length > 0) throw failures[0];
  }

  /** Probes each hop once, a few at a time, until the path's length is known. */
  async #find(signal: AbortSignal): Promise<void> {
    const waiting = new Set<Promise<void>>();
    for (let ttl = 1; ttl <= (this.#length ?? this.#options.maxTtl); ttl++) {
      const sent = this.#send(ttl, signal).finally(() => waiting.delete(sent));
      waiting.add(sent);
      if (waiting.size >= AHEAD) await Promise.race(waiting);
      if (signal.aborted) break;
    }
    await Promise.all(waiting);
  }

  #send(ttl: number, signal: AbortSignal): Promise<void> {
    const sent = this.#probe(ttl, signal);
    this.#pending.add(sent);
    const done = () => this.#pending.delete(sent);
    sent.then(done, done);
    return sent;
  }

  async #probe(ttl: number, signal: AbortSignal): Promise<void> {
    const { probe, keep } = this.#options;
    const result = await this.#mtr.probe(this.to.text, { ...probe, ttl, signal });
    if (isLocal(result, probe.protocol)) {
      // What was never sent was not lost
      this.refused = result;
      this.#stop.abort();
      return;
    }
    while (this.#hops.length < ttl) this.#hops.push(new Hop(this.#hops.length + 1));
    const hop = this.#hops[ttl - 1]!;
    hop.add(result);
    if (keep) hop.results.push(result);
    if (isFinal(result, probe.protocol)) this.#length = Math.min(ttl, this.#length ?? ttl);
  }
}
