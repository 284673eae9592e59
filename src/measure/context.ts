import type { Arm } from "../contract/arm.ts";
import type { Target } from "../contract/job.ts";
import type { ConcurrencyLimit } from "../target/concurrency_limit.ts";
import type { Pace } from "../target/pace.ts";
import type { Clock, Judge } from "./evidence/policy.ts";
import type { ArmOrder } from "./evidence/order.ts";
import type { ArmContext } from "./run_arm.ts";
import type { Phase } from "./schedule/phases.ts";
import type { ConditionNames } from "./condition_names.ts";

/** What measuring any target of a run takes. */
export interface MeasureContext extends ArmContext {
  readonly arms: readonly Arm<Target>[];
  readonly phases: readonly Phase[];
  readonly conditionNames: ConditionNames;
  readonly judge: Judge;
  /** In which order the arms of a target begin. */
  readonly order: ArmOrder;
  readonly clock: Clock;
  /** How many sets of flows may begin a second. */
  readonly pace: Pace;
  /** Aborts when the run ends: what waits for its turn need not wait any more. */
  readonly closing: AbortSignal;
  /** How many sets of flows that confirm may be open at once. */
  readonly confirming: ConcurrencyLimit;
  /** Whether an arm may have the source port that another one had before. */
  readonly sharesPorts: boolean;
  /** Put the arms' records into the results. */
  readonly outputFlows: boolean;
  /** How often each target is measured. */
  readonly repeat: number;
  /** Keeps the run from ending before this has; an error of it ends the run. */
  background(work: Promise<unknown>): void;
}
