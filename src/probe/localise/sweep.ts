import type { Forger } from "../../connect/transport/forger.ts";
import type { PacketSpec } from "../../contract/packet.ts";
import type { Feature } from "./feature.ts";
import type { Listener } from "./listener.ts";
import { type HopEvidence, hopsOf } from "./hops.ts";
import type { Matcher, ProbeFlow } from "./matcher.ts";
import { mayBeCloser, stopOf } from "./passage.ts";
import { Probe } from "./probe.ts";
import { randomNumber } from "../../connect/transport/random.ts";

/** How a path is probed. */
export interface SweepOptions {
  /** The greatest time to live, 1 to 255. */
  readonly maxTtl: number;
  /** Packets of each arm to each hop; more where silence may be loss. */
  readonly repeats: number;
  /** How long an answer may take, in milliseconds. */
  readonly timeoutMs: number;
  /** From one packet of an arm to a hop to the next one, in milliseconds. */
  readonly intervalMs: number;
  readonly signal: AbortSignal;
}

/**
 * The maximum number of rounds where silence may still be loss, or a drop may be closer, as a
 * multiple of those requested.
 */
const MOST_ROUNDS = 3;
/** Hops that are probed at once while the length of the path is not known. */
const AHEAD = 6;
/** How long to wait for the target: round trips, when one is known, and the least milliseconds. */
const ROUND_TRIPS = 4;
const LEAST_WAIT = 100;

/**
 * Sends the packets of a feature's arms along one path, on one 5-tuple, so that load balancing by
 * flow sends all of them the same way.
 */
export class Sweep {
  readonly probes: Probe[] = [];
  /** The error number of a packet that this host did not send; 0 when there was none. */
  refused = 0;
  readonly #forger: Forger;
  readonly #listener: Listener;
  readonly #matcher: Matcher;
  readonly #flow: ProbeFlow;
  readonly #packets: readonly PacketSpec[];
  readonly #options: SweepOptions;
  /** The longest time that an answer of the target took, in milliseconds. */
  #roundTrip: number | null = null;

  /** @param syn the plain SYN that the arms make theirs of */
  constructor(
    around: { forger: Forger; listener: Listener; matcher: Matcher },
    flow: ProbeFlow,
    feature: Feature,
    syn: PacketSpec,
    options: SweepOptions,
  ) {
    this.#forger = around.forger;
    this.#listener = around.listener;
    this.#matcher = around.matcher;
    this.#flow = flow;
    this.#packets = feature.arms.map((arm) => arm.make(syn));
    this.#options = options;
  }

  /** Probes all hops, to the end or until the signal. */
  async run(): Promise<void> {
    const { repeats, intervalMs } = this.#options;
    await this.#find();
    for (let round = 0; this.#goesOn; round++) {
      const began = performance.now();
      await this.#round();
      if (round + 1 >= repeats) {
        await this.#stragglers();
        if (round + 1 >= repeats * MOST_ROUNDS) return;
        if (!this.#doubtful && this.#isThorough) return;
      }
      await this.#wait(intervalMs - (performance.now() - began));
    }
    await this.#stragglers();
  }

  /** What is known of each hop, by arm. */
  get hops(): HopEvidence[][] {
    const last = Math.max(0, ...this.probes.flatMap(({ scout, ttl }) => scout ? [] : ttl));
    return this.#packets.map((_, arm) => hopsOf(this.probes, arm, last, this.#nearest));
  }

  /** Whether an arm seems to end on the way, and more packets may confirm that, or where. */
  get #doubtful(): boolean {
    const { hops } = this;
    return hops.some((own, arm) => {
      const other = hops[arm === 0 ? 1 : 0]!;
      const stop = stopOf(own, other);
      return typeof stop === "string" || stop !== null && mayBeCloser(stop, other);
    });
  }

  /** Whether each hop had its packets of each arm: a late answer may show that there are more hops. */
  get #isThorough(): boolean {
    const { repeats } = this.#options;
    return this.hops.every((own) =>
      own.length >= this.#last && own.every(({ sent }) => sent >= repeats)
    );
  }

  /** Time to live with which the target was reached, or what answers for it; Infinity before. */
  get #nearest(): number {
    return Math.min(...this.probes.flatMap((probe) => probe.atTarget ? probe.ttl : []));
  }

  /** The greatest time to live that is worth sending: that with which every arm got through. */
  get #furthest(): number {
    return Math.max(...this.#packets.map((_, arm) => {
      const own = this.probes.filter((probe) => probe.arm === arm);
      const ends = own.flatMap((probe) => probe.atEnd ? probe.ttl : []);
      if (ends.length > 0) return Math.min(...ends);
      return Math.max(0, ...own.flatMap(({ answers, ttl }) => answers.length > 0 ? ttl : []));
    }));
  }

  /**
   * The last hop that is worth sending to. If none was answered at the end, packets were lost one
   * hop behind the last that answered.
   */
  get #last(): number {
    const ended = this.probes.some(({ atEnd }) => atEnd);
    return Math.min(this.#options.maxTtl, this.#furthest + (ended ? 0 : 1));
  }

  get #goesOn(): boolean {
    return this.refused === 0 && !this.#options.signal.aborted;
  }

  /** Finds the length of the path: a few hops at a time, until the target or no hop answers. */
  async #find(): Promise<void> {
    const { maxTtl } = this.#options;
    for (let first = 1; first <= maxTtl && this.#goesOn; first += AHEAD) {
      const last = Math.min(first + AHEAD - 1, maxTtl);
      const sending = [];
      for (let ttl = first; ttl <= last; ttl++) {
        for (const arm of this.#anyOrder()) sending.push(this.#send(arm, ttl, true).sending);
      }
      await Promise.all(sending);
      await this.#stragglers();
      // Another arm may be answered much earlier, by a host on the target's behalf
      const reached = this.probes.some((probe) => probe.arm === 0 && probe.atTarget);
      const goesOn = this.probes.some(({ ttl, answers }) =>
        ttl >= first && answers.some(({ kind }) => kind === "expired")
      );
      if (reached || !goesOn) break;
    }
  }

  /** One packet of each arm to each hop. */
  async #round(): Promise<void> {
    const nearest = this.#nearest;
    const last = this.#last;
    const sending = [];
    for (let ttl = 1; ttl <= Math.min(last, nearest - 1); ttl++) {
      for (const arm of this.#anyOrder()) sending.push(this.#send(arm, ttl).sending);
    }
    await Promise.all(sending);
    // The target takes one SYN of a flow at a time
    for (let ttl = nearest; ttl <= last && this.#goesOn; ttl++) {
      for (const arm of this.#anyOrder()) {
        const { probe, sending } = this.#send(arm, ttl);
        await sending;
        await this.#answered(probe);
      }
    }
  }

  /**
   * The arms, in an order by chance, to be asked for anew for each hop. Routers limit their answers per
   * second, and a target those to the SYNs of a flow: an order of their own would have some arms take all
   * that the limit leaves, and one order for all hops would make the silence of one that of all.
   */
  #anyOrder(): readonly number[] {
    const arms = [...this.#packets.keys()];
    for (let left = arms.length; left > 1; left--) {
      const at = randomNumber() % left;
      [arms[left - 1], arms[at]] = [arms[at]!, arms[left - 1]!];
    }
    return arms;
  }

  #send(arm: number, ttl: number, scout = false): { probe: Probe; sending: Promise<void> } {
    const spec = this.#packets[arm]!;
    const { ip, transport, payload } = spec;
    if (transport.kind !== "tcp") throw new TypeError("probes are TCP");
    const sequence = this.#matcher.newSequence(randomNumber);
    const identification = ip.source.includes(":") ? null : 1 + randomNumber() % 0xffff;
    const probe = new Probe(arm, ttl, sequence, identification, payload?.length ?? 0, scout);
    this.probes.push(probe);
    this.#matcher.add(probe, this.#flow);
    const own = identification === null ? {} : { identification };
    const sending = this.#forger.send({
      ...spec,
      ip: { ...ip, ttl, ...own },
      transport: { ...transport, sequence },
    }).then((errno) => {
      if (errno !== 0) this.refused = errno;
    });
    return { probe, sending };
  }

  /** How long an answer of the target is waited for, in milliseconds. */
  get patience(): number {
    const { timeoutMs } = this.#options;
    if (this.#roundTrip === null) return timeoutMs;
    return Math.min(timeoutMs, Math.max(LEAST_WAIT, this.#roundTrip * ROUND_TRIPS));
  }

  /** Waits for the answer of the target as long as one may take. */
  async #answered(probe: Probe): Promise<void> {
    if (probe.answers.length === 0 && this.#goesOn) {
      await new Promise<void>((resolve) => {
        const cancel = this.#listener.after(this.patience, resolve);
        probe.onAnswer = () => {
          cancel();
          resolve();
        };
      });
      probe.onAnswer = null;
    }
    if (probe.answers.length === 0 || !probe.atTarget) return;
    const took = performance.now() - probe.since;
    this.#roundTrip = Math.max(this.#roundTrip ?? 0, took);
  }

  /** Waits until the last probes are answered, or as long as an answer may take. */
  async #stragglers(): Promise<void> {
    const { timeoutMs } = this.#options;
    const recent = performance.now() - timeoutMs;
    const open = new Set(
      this.probes.filter(({ since, answers }) => since > recent && answers.length === 0),
    );
    if (open.size === 0 || !this.#goesOn) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#listener.after(timeoutMs, resolve);
      for (const probe of open) {
        probe.onAnswer = () => {
          open.delete(probe);
          if (open.size > 0) return;
          cancel();
          resolve();
        };
      }
    });
    for (const probe of open) probe.onAnswer = null;
  }

  #wait(milliseconds: number): Promise<void> {
    if (milliseconds <= 0) return Promise.resolve();
    return new Promise((resolve) => void this.#listener.after(milliseconds, resolve));
  }
}
