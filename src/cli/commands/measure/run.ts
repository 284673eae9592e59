import { planOf } from "../../../run/plan.ts";
import type { Context } from "../../command.ts";
import { calibrate } from "./calibrate.ts";
import { measureTargets } from "./measure_targets.ts";
import type { MeasureInvocation } from "./options.ts";
import { requestOf } from "./request.ts";

/** Runs `spider measure`. */
export async function run(invocation: MeasureInvocation, streams: Context): Promise<number> {
  const plan = planOf(requestOf(invocation));
  return invocation.options.calibrate
    ? await calibrate(plan, invocation, streams)
    : await measureTargets(plan, invocation, streams);
}
