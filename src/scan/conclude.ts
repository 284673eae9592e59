import type { Arm } from "../contract/arm.ts";
import type { Connection } from "../contract/connection.ts";
import { type FlowRecord, type MergedFlow, NO_FLOW } from "../contract/flow.ts";
import type { Target } from "../contract/job.ts";
import type { OptionValues } from "../contract/option.ts";
import { NOT_OBSERVED, type Result, type SpiderOf } from "../contract/spider.ts";
import { STATE } from "../contract/connection.ts";
import { concludeAtOnce } from "../measure/conclude.ts";
import { ConditionNames } from "../measure/condition_names.ts";
import { Evidence } from "../measure/evidence/evidence.ts";
import { flowsOf, lineOf } from "../measure/line.ts";
import { merge } from "../measure/merge.ts";
import { andThen, callAtOnce } from "../measure/plugin_call.ts";
import type { AnsweredTarget } from "./answered_target.ts";
import { type ArmFlow, delayOf, flowOfArm } from "./arm_flow.ts";
import type { StatelessType } from "./arm_problem.ts";
import { Conclusions } from "./conclusions.ts";
import type { ProbeEnds } from "./probe_ends.ts";
import type { ArmTemplates } from "./probe_template.ts";
import { alikeFields, Reads } from "./reads.ts";
import { Replay } from "./replay.ts";
import { scanChains } from "./scan_chains.ts";

/** What conclusions are drawn with. */
export interface ConcluderOptions {
  readonly spider: SpiderOf<Target>;
  readonly spiderOptions: OptionValues;
  readonly arms: readonly Arm<Target>[];
  /** See `statelessTypeOf`. */
  readonly type: StatelessType;
  readonly templates: ArmTemplates;
  /** Where probes left from. */
  readonly ends: Pick<ProbeEnds, "source" | "local">;
  /** How long an answer is waited for, in milliseconds. */
  readonly cooldownMs: number;
  /** Put the arms' records into the results. */
  readonly outputFlows?: boolean;
}

/** What was concluded of a target. */
export interface ConcludedTarget {
  /** The line of output, as a measurement makes it. */
  readonly result: Result;
  /** The arms' records, in their order; empty where they were not needed. */
  readonly flows: readonly MergedFlow[];
  /** Whether some arms came up, and others did not. */
  readonly differs: boolean;
}

/** The same, or why the spider cannot measure the target. */
export type Concluded = ConcludedTarget | { readonly skipped: string };

/** What the arms of a target came to. */
interface Found {
  readonly conditions: readonly string[];
  readonly differs: boolean;
  readonly flows: readonly MergedFlow[];
}

/**
 * Draws conclusions from the answers to a scan's probes: they are replayed through the dissector and
 * the chains, and the spider is asked as after a measurement. What it concludes of answers that are
 * alike is remembered, unless it looks at what differs between their targets.
 */
export class Concluder {
  readonly #options: ConcluderOptions;
  readonly #conditionNames: ConditionNames;
  readonly #conclusions = new Conclusions();
  readonly #alike: ReadonlySet<string>;
  readonly #alikeOfType: ReadonlySet<string>;
  readonly #replay: Replay;

  /** Throws a {@linkcode Failure} for an invalid chain, or when memory does not suffice. */
  constructor(options: ConcluderOptions) {
    const { spider, spiderOptions, arms, type } = options;
    const own = Object.keys(type.fields);
    this.#options = options;
    this.#conditionNames = new ConditionNames(spider, spiderOptions);
    this.#alike = alikeFields(own);
    this.#alikeOfType = new Set(own);
    this.#replay = new Replay(scanChains(spider, arms, type));
  }

  /**
   * Concludes a target; later where the spider runs in a worker.
   *
   * @param now when it was due, in milliseconds since 1970
   * @throws {Failure} that names the spider when it fails, or emits what it does not declare
   */
  conclude(target: AnsweredTarget, now: number): Concluded | Promise<Concluded> {
    const { spider, spiderOptions } = this.#options;
    const job = { dip: target.address, dp: target.port };
    if (spider.skip === undefined) return this.#concluded(job, target, now);
    const reason = callAtOnce(spider, "skip", () => spider.skip!(job, spiderOptions));
    return andThen(
      reason,
      (skipped): Concluded | Promise<Concluded> =>
        skipped === null ? this.#concluded(job, target, now) : { skipped },
    );
  }

  /** Whether a target is to be measured: chance may be behind what was concluded. */
  confirmable({ result, differs }: ConcludedTarget): boolean {
    return differs || this.#conditionNames.doubtful(result.conditions).length > 0;
  }

  #concluded(job: Target, target: AnsweredTarget, now: number): Concluded | Promise<Concluded> {
    const { outputFlows = false, ends, arms } = this.#options;
    const began = now - this.#waited(target);
    const known = this.#conclusions.of(target);
    const found = known === undefined || known === null || outputFlows
      ? this.#find(target, began, known === undefined)
      : { ...known, flows: [] };
    return andThen(found, ({ conditions, differs, flows }) => {
      const missed = flows.length === 0 ? {} : Object.fromEntries(
        flows.flatMap((flow) => flow.observed ? [] : [[flow.arm, flow.missed]]),
      );
      const sip = ends.source(target.address, target.port);
      const line = lineOf(job, { sip, began, ended: now, conditions, missed });
      if (!outputFlows) return { result: line, flows, differs };
      const evidence = new Evidence(arms.length, [{ turn: 0, flows }]).summary();
      return { result: { ...line, ...flowsOf(flows, evidence) }, flows, differs };
    });
  }

  /** How long ago a target's probes were sent, in milliseconds, as far as its answers tell. */
  #waited({ arms }: AnsweredTarget): number {
    const delays = arms.map((answer) => answer === null ? 0 : delayOf(answer));
    const longest = Math.max(...delays);
    return arms.includes(null) ? longest + this.#options.cooldownMs : longest;
  }

  /**
   * Asks the spider.
   *
   * @param isNew whether it was not asked yet about targets that answered alike
   */
  #find(target: AnsweredTarget, began: number, isNew: boolean): Found | Promise<Found> {
    const { spider, spiderOptions } = this.#options;
    const reads = new Reads(isNew);
    const arms = target.arms.map((_, config) => this.#flowOf(target, config, began));
    const differs = new Set(arms.map(({ connection }) => connection.state === STATE.ok)).size > 1;
    const merged = arms.map((arm, config) => this.#merged(arm, config, reads));
    const later = merged.some((flow) => flow instanceof Promise);
    const flows = later ? Promise.all(merged) : merged as MergedFlow[];
    return andThen(flows, (flows) => {
      const told = unlessUnknown(reads, () =>
        callAtOnce(
          spider,
          "conclude",
          () => concludeAtOnce(spider, this.#conditionNames, flows, spiderOptions),
        ));
      return andThen(told, (told) => {
        const conditions = reads.unknown ? UNKNOWN : told;
        const conclusion = reads.different ? null : { conditions, differs };
        if (isNew) this.#conclusions.remember(target, conclusion);
        return { conditions, differs, flows };
      });
    });
  }

  #flowOf(target: AnsweredTarget, config: number, start: number): ArmFlow {
    const { templates, type, ends, arms, cooldownMs } = this.#options;
    const { address, port } = target;
    const answer = target.arms[config]!;
    return flowOfArm(this.#replay, type, {
      arm: arms[config]!,
      template: templates[address.includes(":") ? 6 : 4]![config]!,
      ends: {
        local: ends.local(address, port, config, answer?.round ?? 0),
        remote: { address, port },
      },
      answer,
      start,
      cooldownMs,
    });
  }

  /** Joins socket and wire as a measurement does, noting what will be read of it. */
  #merged(
    { connection, flow }: ArmFlow,
    config: number,
    reads: Reads,
  ): MergedFlow | Promise<MergedFlow> {
    const { spider, arms } = this.#options;
    const watched = spider.observe !== false;
    const joined = reads.of(
      merge(connection, watched ? flow : "no packet seen", arms[config]!, config, watched),
      this.#alike,
    );
    if (spider.merge === undefined) return joined;
    const record = watched ? reads.of<FlowRecord>(flow, this.#alike) : NO_FLOW;
    const view = this.#watched(connection, reads);
    const added = unlessUnknown(
      reads,
      () => callAtOnce(spider, "merge", () => spider.merge!(record, view)),
    );
    return andThen(added, (added) => Reads.join({ ...added } as object as MergedFlow, joined));
  }

  #watched(connection: Connection, reads: Reads): Connection {
    const { fields, ...rest } = connection;
    return Reads.join(
      { fields: reads.of(fields, this.#alikeOfType) } as Connection,
      reads.of(rest, CONNECTION),
    );
  }
}

/** What of a connection is the same for targets that answer alike. */
const CONNECTION: ReadonlySet<string> = new Set(["state", "outcome", "errno", "protocol"]);

/** The verdict where the spider looks at what is not known. */
const UNKNOWN: readonly string[] = [NOT_OBSERVED];

/** What a plugin answers; nothing where it fails over a value that is not known. */
function unlessUnknown<T extends object>(reads: Reads, call: () => T | Promise<T>): T | Promise<T> {
  const failed = (error: unknown): T => {
    if (reads.unknown) return [] as object as T;
    throw error;
  };
  try {
    const result = call();
    return result instanceof Promise ? result.catch(failed) : result;
  } catch (error) {
    return failed(error);
  }
}
