import { UsageError } from "../../../host/usage_error.ts";
import { RequestError } from "../../../run/request_error.ts";
import { scanPlanOf } from "../../../run/scanning/plan.ts";
import type { Context } from "../../command.ts";
import type { ScanInvocation } from "./options.ts";
import { checkOutputs, scanFlagOf, scanRequestOf } from "./request.ts";

/** Runs `spider scan`. */
export async function run(invocation: ScanInvocation, streams: Context): Promise<number> {
  const request = scanRequestOf(invocation);
  checkOutputs(invocation.options, streams.stdout);
  try {
    const plan = await scanPlanOf(request);
    if (invocation.options["dry-run"]) {
      const { dryRun } = await import("./dry_run.ts");
      return await dryRun(plan, invocation, streams);
    }
    const { scanTargets } = await import("./scan_targets.ts");
    return await scanTargets(plan, invocation, streams);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    throw new UsageError(error.named(scanFlagOf), { cause: error });
  }
}
