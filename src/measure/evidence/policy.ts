import { STATE } from "../../contract/connection.ts";
import { type ArmEvidence, NOT_OBSERVED } from "../../contract/spider.ts";
import type { MergedFlow, Missed } from "../../contract/flow.ts";
import { type ArmResult, endWatches } from "../run_arm.ts";
import { Evidence, type FlowSet, whyUnclear } from "./evidence.ts";

/** How many turns there are at most, the first one included. */
const MOST_TURNS = 4;
/** Sets of flows in a turn that is to confirm: with the first one enough for Fisher's exact test. */
const SETS = 8;
/** Sets in a turn after inconclusive flows, where more of them may not help. */
const SETS_UNCLEAR = 3;
/** Turns after which inconclusive flows are accepted. */
const TURNS_UNCLEAR = 2;

/** A steady clock, and the time of day that connections are stamped with. */
export interface Clock {
  /** In milliseconds. */
  readonly now: number;
  /** In milliseconds since 1970. */
  readonly wall: number;
  /** Calls back after a number of milliseconds, unless the returned function is called before. */
  after(milliseconds: number, call: () => void): () => void;
}

/** Waits a number of milliseconds. */
export function pause(clock: Clock, milliseconds: number): Promise<void> {
  return new Promise((resolve) => clock.after(milliseconds, resolve));
}

/** The timing of turns, in milliseconds. */
export interface Timing {
  /** Least time between the beginnings of turns: a short outage then affects only one of them. */
  readonly apart: number;
  /** How long a flow may stay unanswered before the next turn asks again. */
  readonly overlap: number;
}

/**
 * A SYN that is lost is sent again after a second, so a turn that begins later is rarely
 * unnecessary.
 */
const TIMING: Timing = { apart: 1000, overlap: 1500 };

/**
 * The number of sets of flows that must agree on a condition that chance can cause although every
 * arm came up.
 */
const ALIKE = 5;

const BY_CHANCE = "chance cannot be excluded";
const DIFFERED = "it came out differently from turn to turn";
const NO_VERDICT = "the flows observed are inconclusive";

/** One turn of flows to a target. */
export interface Turn {
  /** Its number, from 0. */
  readonly number: number;
  /** How many flows each arm has at most. */
  readonly sets: number;
  /**
   * Whether a set is to have ended before the next one begins, where it can be: sets may have
   * disturbed each other, as those do that ask for a Fast Open cookie, of which the kernel keeps one.
   */
  readonly oneByOne: boolean;
  /** Whether no further flows are needed. */
  enough(): boolean;
  /** A set of flows has ended. */
  ended(results: readonly ArmResult[]): Promise<void>;
}

/** Opens flows to one target. */
export interface FlowSource {
  /** Whether a turn may begin before the last one has ended. */
  readonly overlaps: boolean;
  /** Takes a turn. False when it was aborted because the run is to end. */
  take(turn: Turn): Promise<boolean>;
  /** Lets a turn go on in the background. */
  abandon(turn: Promise<unknown>): void;
}

/** Draws conclusions from flows. */
export interface Judge {
  /** How many arms there are. */
  readonly arms: number;
  /** Conditions by one flow of each arm. */
  conclude(flows: readonly MergedFlow[]): Promise<readonly string[]>;
  /** Whether chance can cause one of these conditions. */
  isDoubtful(conditions: readonly string[]): boolean;
}

/** The conclusion on a target, and the evidence for it. */
export interface Finding {
  readonly conditions: readonly string[];
  /** A flow of each arm that shows it. */
  readonly flows: readonly MergedFlow[];
  /** Every flow that was opened up to then. */
  readonly results: readonly ArmResult[];
  /** The outcomes of each arm's flows, by arm name. */
  evidence(): Readonly<Record<string, ArmEvidence>>;
  /** Why nothing is concluded, by the name of the arm. */
  readonly missed: Readonly<Record<string, string>>;
  /** When the first flow was opened, in milliseconds since 1970. */
  readonly began: number;
  /** More than one turn was taken. */
  readonly confirmed: boolean;
}

interface CollectedSet {
  readonly turn: number;
  readonly results: readonly ArmResult[];
}

/**
 * Opens flows to a target until chance does not explain the conclusion, or it is clear that it
 * cannot be excluded: one flow of each arm first, and more, of which each has a source port of its
 * own and its own time, while the conclusion is one that chance can cause. Null when the run was
 * aborted.
 */
export function findOut(
  source: FlowSource,
  judge: Judge,
  clock: Clock,
  timing: Timing = TIMING,
): Promise<Finding | null> {
  return new Inquiry(source, judge, clock, timing).run();
}

class Inquiry {
  readonly #source: FlowSource;
  readonly #judge: Judge;
  readonly #clock: Clock;
  readonly #timing: Timing;
  readonly #sets: CollectedSet[] = [];
  readonly #began: number;
  #finding: Finding | null = null;
  #givenUp = false;
  #over = false;
  #turns = 0;
  #wake: () => void = () => {};
  /** The flows so far are inconclusive, in a way that more of them may not change. */
  #unclear = false;
  /** Every arm came up, and yet nothing is concluded. */
  #unsaid = false;
  /** Sets in which every arm came up were concluded differently. */
  #differed = false;

  constructor(source: FlowSource, judge: Judge, clock: Clock, timing: Timing) {
    this.#source = source;
    this.#judge = judge;
    this.#clock = clock;
    this.#timing = timing;
    this.#began = clock.wall;
  }

  async run(): Promise<Finding | null> {
    try {
      const began = this.#clock.now;
      const first = this.#take(1);
      const ended = this.#source.overlaps
        ? await within(this.#clock, first, this.#timing.overlap)
        : await first;
      if (this.#givenUp || !ended && !this.#source.overlaps) return null;
      return this.#finding ?? await this.#askAgain(began, ended ? [] : [first]);
    } finally {
      this.#end();
    }
  }

  /**
   * Takes further turns.
   *
   * @param last when the turn before began
   * @param before that turn, where it has not ended
   */
  async #askAgain(last: number, before: readonly Promise<boolean>[]): Promise<Finding | null> {
    while (this.#turns < MOST_TURNS) {
      const wait = last + this.#timing.apart - this.#clock.now;
      if (wait > 0) await pause(this.#clock, wait);
      last = this.#clock.now;
      if (this.#unclear && this.#turns >= TURNS_UNCLEAR) break;
      const turn = this.#take(this.#unclear && !this.#unsaid ? SETS_UNCLEAR : this.#setsNeeded());
      await this.#finished([...before, turn]);
      before = [];
      if (this.#givenUp) return null;
      if (this.#finding !== null) return this.#finding;
    }
    return await this.#unsettled();
  }

  /** Ends the remaining watches. */
  #end(): void {
    this.#over = true;
    for (const { results } of this.#sets) endWatches(results);
  }

  #take(sets: number): Promise<boolean> {
    const number = this.#turns++;
    return this.#source.take({
      number,
      sets,
      oneByOne: this.#unsaid,
      enough: () => this.#over || this.#givenUp || this.#finding !== null,
      ended: (results) => this.#add({ turn: number, results }),
    });
  }

  /** Waits until turns have ended, or there is a finding, or the run was aborted. */
  async #finished(turns: readonly Promise<boolean>[]): Promise<void> {
    const all = Promise.all(turns).then((ended) => {
      if (!ended.every(isTrue)) this.#givenUp = true;
    });
    const known = new Promise<void>((resolve) => this.#wake = resolve);
    if (this.#finding === null && !this.#givenUp) await Promise.race([all, known]);
    if (this.#finding !== null || this.#givenUp) this.#source.abandon(all);
  }

  async #add(set: CollectedSet): Promise<void> {
    if (this.#over) return endWatches(set.results);
    if (set.results.some(({ connection }) => connection.state === STATE.discard)) {
      this.#givenUp = true;
      endWatches(set.results);
    } else {
      this.#sets.push(set);
      const finding = await this.#look(set);
      // A look that began before may end later, with less
      this.#finding ??= finding;
    }
    if (this.#finding !== null || this.#givenUp) this.#wake();
  }

  /** The conclusion from all flows so far; null while more are needed. */
  async #look(newest: CollectedSet): Promise<Finding | null> {
    if (newest.turn === 0) {
      const flows = newest.results.map(({ flow }) => flow);
      const conditions = await this.#judge.conclude(flows);
      const unclear = conditions.includes(NOT_OBSERVED);
      if (flows.some(isOutOfReach) || !unclear && !this.#judge.isDoubtful(conditions)) {
        return this.#found(conditions, flows);
      }
    }
    const evidence = this.#evidence();
    const standing = evidence.standing();
    this.#unclear = standing === "unclear";
    if (standing !== "settled") return null;
    const wait = evidence.someUp ? 0 : evidence.listensUntil - this.#clock.wall;
    if (wait > 0) {
      await pause(this.#clock, wait);
      return this.#over || this.#finding !== null ? this.#finding : await this.#look(newest);
    }
    const flows = evidence.representative();
    const conditions = await this.#judge.conclude(flows);
    this.#unclear = conditions.includes(NOT_OBSERVED);
    this.#unsaid = this.#unclear && evidence.silentArms === 0;
    if (this.#unclear) return null;
    const upSets = evidence.allUp;
    const beyondChance = evidence.silentArms > 0 || !this.#judge.isDoubtful(conditions) ||
      await this.#isAlike(conditions, upSets);
    return beyondChance ? this.#found(conditions, flows) : null;
  }

  /** Whether enough sets agree to exclude chance. */
  async #isAlike(conditions: readonly string[], sets: readonly FlowSet[]): Promise<boolean> {
    const wanted = conditions.join();
    for (const { flows } of sets) {
      if ((await this.#judge.conclude(flows)).join() !== wanted) this.#differed = true;
    }
    return !this.#differed && sets.length >= ALIKE;
  }

  /** All flows up to now, with their late answers. */
  #evidence(): Evidence {
    return new Evidence(this.#judge.arms, this.#present());
  }

  #present(): FlowSet[] {
    return this.#sets.map(({ turn, results }) => ({ turn, flows: results.map(present) }));
  }

  #setsNeeded(): number {
    const evidence = this.#evidence();
    const forOffline = evidence.someUp
      ? 0
      : Math.ceil(evidence.missingForOffline / this.#judge.arms);
    return Math.max(SETS, forOffline);
  }

  /** Every turn was taken, and the evidence does not support a verdict. */
  async #unsettled(): Promise<Finding> {
    const evidence = this.#evidence();
    const flows = evidence.representative();
    if (flows.some(({ observed }) => !observed)) {
      return this.#found(await this.#judge.conclude(flows), flows);
    }
    const byChance = evidence.standing() === "open";
    const entries = flows.map((flow) => [flow.arm, whyUnclear(flow)] as const)
      .filter(([, reason]) => reason !== null) as [string, string][];
    const otherwise = byChance ? BY_CHANCE : this.#differed ? DIFFERED : NO_VERDICT;
    const missed = entries.length > 0
      ? Object.fromEntries(entries)
      : Object.fromEntries(flows.map(({ arm }) => [arm, otherwise]));
    return { ...this.#found([NOT_OBSERVED], flows), missed };
  }

  #found(conditions: readonly string[], flows: readonly MergedFlow[]): Finding {
    const missed = conditions.includes(NOT_OBSERVED)
      ? Object.fromEntries(flows.flatMap((flow) => {
        const reason = whyUnclear(flow);
        return reason === null ? [] : [[flow.arm, reason]];
      }))
      : {};
    // What is asked for later must not look at watches that have ended
    const sets = this.#present();
    return {
      conditions,
      flows,
      results: this.#sets.flatMap((set) => set.results),
      evidence: () => new Evidence(this.#judge.arms, sets).summary(),
      missed,
      began: this.#began,
      confirmed: this.#turns > 1,
    };
  }
}

/** Reasons on this host for which another connection would not be observed either. */
const LASTING: ReadonlySet<Missed> = new Set<Missed>(["not begun", "answers elsewhere"]);

/** Whether this host cannot observe such a flow, so that another one would not help. */
function isOutOfReach(flow: MergedFlow): boolean {
  return !flow.observed && LASTING.has(flow.missed);
}

/** An arm's flow with what arrived after its connection had timed out. */
function present({ flow, late }: ArmResult): MergedFlow {
  return late === null ? flow : late.look();
}

function isTrue(value: boolean): boolean {
  return value;
}

/** Whether it is fulfilled within a number of milliseconds. Rejects when it does. */
function within(clock: Clock, promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(milliseconds, () => resolve(false));
    promise.then(() => {
      cancel();
      resolve(true);
    }, reject);
  });
}
