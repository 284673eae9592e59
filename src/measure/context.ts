import type { Arm } from "../contract/arm.ts";
import type { Target } from "../contract/job.ts";
import type { ConcurrencyLimit } from "../target/concurrency_limit.ts";
import type { Pace } from "../target/pace.ts";
import type { Clock, Judge } from "./evidence/policy.ts";
import type { ArmOrder } from "./evidence/order.ts";
import type { ArmContext } from "./run_arm.ts";
import type { Phase } from "./schedule/phases.ts";
import type { ConditionNames } from "./condition_names.ts";

/** What the measurement of every target of a run needs. */
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
  /** Aborts when the run ends, so that nothing waits for its turn any more. */
  readonly closing: AbortSignal;
  /** How many sets of flows that confirm may be open at once. */
  readonly confirming: ConcurrencyLimit;
  /** Whether an arm may reuse the source port of another one. */
  readonly sharesPorts: boolean;
  /** Put the arms' records into the results. */
  readonly outputFlows: boolean;
  /** How often each target is measured. */
  readonly repeat: number;
  /** Keeps the run from ending before this has; an error of it ends the run. */
  background(work: Promise<unknown>): void;
}
