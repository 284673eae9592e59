import { planOf } from "../../../run/plan.ts";
import { calibrate } from "./calibrate.ts";
import { measureTargets } from "./measure_targets.ts";
import type { MeasureInvocation } from "./options.ts";
import { requestOf } from "./request.ts";

/** Runs `spider measure`. */
export async function run(invocation: MeasureInvocation): Promise<number> {
  const plan = planOf(requestOf(invocation));
  return invocation.options.calibrate
    ? await calibrate(plan, invocation)
    : await measureTargets(plan, invocation);
}
