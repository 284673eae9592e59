import type { Target } from "../contract/job.ts";
import type { MeasureContext } from "./context.ts";
import { type FlowSource, pause, type Turn } from "./evidence/policy.ts";
import { helpers } from "./helpers.ts";
import { type ArmResult, endWatches, runArm } from "./run_arm.ts";
import type { PlacedArm } from "./schedule/phases.ts";
import type { Admission } from "./schedule/schedule.ts";

/**
 * Time between the beginnings of sets of one turn, in milliseconds: a shorter outage affects one of
 * them.
 */
const BETWEEN_SETS = 100;
/**
 * How long a source port rests before the next arm uses it, in milliseconds: duplicates of the last
 * packets of the connection before must not be mistaken for answers.
 */
const PORT_RESTS = 50;

/** A target on its way. */
export interface PreparedTarget {
  readonly job: Target;
  /** What `preConnect` returned. */
  readonly prepared: unknown;
  /** Which target of the run it is, from 0. */
  readonly number: number;
}

/** A set of flows that is being opened. */
interface OpenSet {
  /** Its number among all of the target's. */
  readonly number: number;
  /** By the position of each arm in the spider's list. */
  readonly results: ArmResult[];
  /** Whether its arms begin one after the other, on one source port where that can be. */
  readonly sharesPort: boolean;
  /**
   * The port of a flow that came up and was ended. After one that did not, the target may still
   * have a half-open connection on that port, which would answer the next arm.
   */
  port: number | undefined;
}

/**
 * Opens flows to one target, set by set, as the schedule and the rate allow. The very first set has
 * waited for its turn already, before the target was admitted.
 */
export class TargetFlows implements FlowSource {
  readonly #context: MeasureContext;
  readonly #target: PreparedTarget;
  readonly #admission: Admission;
  #sets = 0;
  /** Whether a flow to the target has come up. */
  #someUp = false;

  constructor(
    context: MeasureContext,
    target: PreparedTarget,
    admission: Admission,
    readonly overlaps: boolean,
  ) {
    this.#context = context;
    this.#target = target;
    this.#admission = admission;
  }

  take(turn: Turn): Promise<boolean> {
    const { phases } = this.#context;
    return phases.length === 1
      ? this.#admission.run([() => this.#openSets(turn, phases[0]!.arms)])
      : this.#takeInPhases(turn);
  }

  async #takeInPhases(turn: Turn): Promise<boolean> {
    const { phases } = this.#context;
    const sets = Array.from({ length: turn.sets }, () => this.#newSet(turn));
    let phasesBegun = 0;
    const work = phases.map(({ arms }) => () =>
      this.#openIn(turn, arms, sets, phasesBegun++ === 0)
    );
    if (!await this.#admission.run(work)) return false;
    for (const { results } of sets) await turn.ended(results);
    return true;
  }

  abandon(turn: Promise<unknown>): void {
    this.#context.background(turn);
  }

  /** Opens whole sets. */
  #openSets(turn: Turn, arms: readonly PlacedArm[]): Promise<void> {
    return turn.sets === 1 ? this.#openSet(turn, arms) : this.#openSeveral(turn, arms);
  }

  /** Opens one set shortly after the other, until there are enough. */
  async #openSeveral(turn: Turn, arms: readonly PlacedArm[]): Promise<void> {
    const open: Promise<void>[] = [];
    for (let at = 0; at < turn.sets && !turn.enough(); at++) {
      if (at > 0) await pause(this.#context.clock, BETWEEN_SETS);
      if (turn.number > 0 && !await this.#mayBegin() || turn.enough()) break;
      const set = this.#openSet(turn, arms);
      open.push(set);
      if (turn.oneByOne) await set;
    }
    await Promise.all(open);
  }

  #openSet(turn: Turn, arms: readonly PlacedArm[]): Promise<void> {
    if (turn.number > 0) {
      return this.#confirming(turn, () => this.#openNow(turn, arms, this.#newSet(turn)));
    }
    const set = this.#newSet(turn);
    const open = () => this.#openNow(turn, arms, set);
    return set.number > 0 ? this.#mayBegin().then(open) : open();
  }

  async #openNow(turn: Turn, arms: readonly PlacedArm[], set: OpenSet): Promise<void> {
    if (await this.#runArms(turn, set, arms) === false) endWatches(set.results);
    else await turn.ended(set.results);
  }

  /** Opens the flows that sets have in one phase. */
  async #openIn(
    turn: Turn,
    arms: readonly PlacedArm[],
    sets: readonly OpenSet[],
    isFirstPhase: boolean,
  ): Promise<void> {
    const open: Promise<unknown>[] = [];
    for (const [at, set] of sets.entries()) {
      if (at > 0) await pause(this.#context.clock, BETWEEN_SETS);
      const run = () => this.#runArms(turn, set, arms);
      if (!isFirstPhase || set.number > 0) await this.#mayBegin();
      open.push(turn.number > 0 ? this.#confirming(turn, run) : run());
    }
    await Promise.all(open);
  }

  /** Waits until the rate lets another set of flows begin; false when the run ends before. */
  #mayBegin(): Promise<boolean> {
    return this.#context.pace.turn(this.#context.closing);
  }

  /** Runs a function when the limit of concurrent flows allows, if it is still needed then. */
  async #confirming(turn: Turn, work: () => Promise<unknown>): Promise<void> {
    await this.#context.confirming.through(async () => {
      if (!turn.enough()) await work();
    });
  }

  #newSet(turn: Turn): OpenSet {
    const sharesPort = this.#context.sharesPorts && turn.number > 0 && this.#someUp &&
      this.#context.arms.length > 1;
    return { number: this.#sets++, results: [], sharesPort, port: undefined };
  }

  /** Runs the arms of a set in their order; false when the rest of them was not needed any more. */
  #runArms(turn: Turn, set: OpenSet, arms: readonly PlacedArm[]): Promise<unknown> {
    return set.sharesPort ? this.#runInTurn(turn, set, arms) : this.#runTogether(arms, set);
  }

  /** Runs one after the other; false when the rest was not needed any more. */
  async #runInTurn(turn: Turn, set: OpenSet, arms: readonly PlacedArm[]): Promise<boolean> {
    for (const placed of this.#inOrder(arms, set)) {
      if (set.port !== undefined) await pause(this.#context.clock, PORT_RESTS);
      if (turn.enough()) return false;
      await this.#run(placed, set);
    }
    return true;
  }

  #inOrder(arms: readonly PlacedArm[], set: OpenSet): readonly PlacedArm[] {
    return this.#context.order.of(arms, this.#target.number, set.number);
  }

  /** Begins all in their order, each at once unless it waits for another. */
  #runTogether(arms: readonly PlacedArm[], set: OpenSet): Promise<unknown> {
    const ordered = this.#inOrder(arms, set);
    if (ordered.every(({ after }) => after === undefined)) {
      return Promise.all(ordered.map((one) => this.#run(one, set)));
    }
    const begun = new Map<string, Promise<void>>();
    for (const one of ordered) {
      // An arm of another phase that it waits for has ended
      const before = one.after === undefined ? undefined : begun.get(one.after);
      const run = () => this.#run(one, set);
      begun.set(one.name, before === undefined ? run() : before.then(run));
    }
    return Promise.all(begun.values());
  }

  async #run({ arm, config }: PlacedArm, set: OpenSet): Promise<void> {
    const { job, prepared } = this.#target;
    const { sharesPort } = set;
    const sourcePort = sharesPort ? set.port : undefined;
    const result = await runArm(
      this.#context,
      { job, arm, config, prepared, sharesPort, sourcePort },
    );
    set.results[config] = result;
    const isUp = result.flow.observed && helpers.isUp(result.flow) === true;
    set.port = isUp ? result.connection.local?.port : undefined;
    this.#someUp ||= isUp;
  }
}
