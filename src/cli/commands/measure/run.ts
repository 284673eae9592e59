import type { MeasureInvocation } from "./options.ts";
import { calibrate } from "./calibrate.ts";
import { planOf } from "./plan.ts";
import { measureTargets } from "./targets.ts";

/** Runs `spider measure`. */
export async function run(invocation: MeasureInvocation): Promise<number> {
  const plan = planOf(invocation);
  return invocation.options.calibrate ? await calibrate(plan) : await measureTargets(plan);
}
