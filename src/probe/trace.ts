import { isAtEnd, isFinal, isForeign, isLocal } from "./classify.ts";
import { Hop } from "./hop.ts";
import type { MtrPacket } from "./mtr_packet.ts";
import { probePersistently } from "./persistent.ts";
import type { ProbeResult } from "./probe_result.ts";
import type { Address } from "./probe_options.ts";
import { fewer, type RoundOptions, rounds } from "./rounds.ts";

/** How to trace. */
export interface TraceOptions extends RoundOptions {
  /** The greatest TTL, 1 to 255. */
  readonly maxTtl: number;
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
  /** The least TTL with which a probe came to the end of a path; null before. */
  #nearest: number | null = null;
  /** The greatest TTL that ended at a router on the way; 0 before. */
  #farthest = 0;

  constructor(mtr: MtrPacket, to: Address, options: TraceOptions) {
    this.#mtr = mtr;
    this.to = to;
    this.#options = options;
    this.refused = options.refused ?? null;
  }

  /** The hops from the first on, up to the end of the longest path that was seen. */
  get hops(): readonly Hop[] {
    return this.#hops.slice(0, this.#nearest === null ? this.#lastAnswering() : this.#last);
  }

  /** Whether the target answered. */
  get reached(): boolean {
    const { protocol } = this.#options.probe;
    return this.#hops.some(({ responders }) =>
      responders.some(({ last }) => isAtEnd(last, protocol))
    );
  }

  /**
   * The lengths of the shortest and the longest path that were seen, when they differ: probes whose
   * flows differ may be sent different ways. Null when there is no sign of that.
   */
  get lengths(): readonly [shortest: number, longest: number] | null {
    if (this.#nearest === null || this.#farthest < this.#nearest) return null;
    return [this.#nearest, this.#farthest + 1];
  }

  /**
   * Traces to the end, or until the signal. To be called once.
   *
   * @throws {ProcessError} when mtr-packet has ended; the results so far remain
   */
  async run(): Promise<void> {
    const { queries, intervalMs, signal } = this.#options;
    if (this.refused !== null) this.#stop.abort();
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
      // Where few answers come, probes would be sent faster than they time out
      await fewer(this.#pending, MOST_PENDING).catch(tolerate);
      if (end.aborted) return;
      const last = this.#nearest === null ? this.#lastAnswering() : this.#last;
      for (let ttl = 1; ttl <= last; ttl++) this.#send(ttl, end).catch(tolerate);
    });
    // Their errors were handled above
    await Promise.allSettled(this.#pending);
    // The last round may have found a longer path
    await this.#find(end).catch(tolerate);
    await Promise.allSettled(this.#pending);
    this.ended = Date.now();
    if (failures.length > 0) throw failures[0];
  }

  /** The greatest TTL that is of use: past every router that is known, where the end is known. */
  get #last(): number {
    const { maxTtl } = this.#options;
    return this.#nearest === null
      ? maxTtl
      : Math.min(maxTtl, Math.max(this.#nearest, this.#farthest + 1));
  }

  /** How many hops to report; of those at the end that one other host answers, only the first. */
  #lastAnswering(): number {
    const others = this.#hops.map(({ responders: [first, ...more] }) =>
      more.length === 0 && first !== undefined && isForeign(first.last) ? first.address : null
    );
    let count = others.length;
    while (count > 1 && others[count - 1] !== null && others[count - 1] === others[count - 2]) {
      count--;
    }
    return count;
  }

  /** Probes each hop that has not been probed once, a few at a time, until the path's length is known. */
  async #find(signal: AbortSignal): Promise<void> {
    const waiting = new Set<Promise<void>>();
    let ttl = this.#hops.length + 1;
    // The last answers may show a longer path
    while (ttl <= this.#last && !signal.aborted) {
      for (; ttl <= this.#last && !signal.aborted; ttl++) {
        const sent = this.#send(ttl, signal).finally(() => waiting.delete(sent));
        waiting.add(sent);
        if (waiting.size >= AHEAD) await Promise.race(waiting);
      }
      await Promise.all(waiting);
    }
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
    const result = await probePersistently(this.#mtr, this.to, { ...probe, ttl, signal });
    if (isLocal(result, probe.protocol)) {
      // A probe that was never sent was not lost
      this.refused = result;
      this.#stop.abort();
      return;
    }
    while (this.#hops.length < ttl) this.#hops.push(new Hop(this.#hops.length + 1));
    const hop = this.#hops[ttl - 1]!;
    hop.add(result, isAtEnd(result, probe.protocol) || !isForeign(result));
    if (keep) hop.results.push(result);
    if (isFinal(result, probe.protocol)) this.#nearest = Math.min(ttl, this.#nearest ?? ttl);
    if (result.result === "ttl-expired") this.#farthest = Math.max(ttl, this.#farthest);
  }
}
