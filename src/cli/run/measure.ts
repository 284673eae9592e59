import type { MeasureInvocation } from "../measure.ts";
import { calibrate } from "./measure/calibrate.ts";
import { planOf } from "./measure/plan.ts";
import { measureTargets } from "./measure/targets.ts";

/** Runs `spider measure`. */
export async function run(invocation: MeasureInvocation): Promise<number> {
  const plan = planOf(invocation);
  return invocation.options.calibrate ? await calibrate(plan) : await measureTargets(plan);
}
