import { connectionTypes } from "../../src/connect/registry.ts";
import { interfaceNamed } from "../../src/host/interface.ts";
import type { Journal } from "../../src/host/journal.ts";
import { measure } from "../../src/measure/measure.ts";
import type { Setup, SetupOptions } from "../../src/measure/setup.ts";

/** Options of a run over plain TCP with a spider of a test. */
export function setupOptions(
  spider: SetupOptions["spider"],
  device: string,
  journal: Journal,
): Omit<SetupOptions, "seed" | "outputFlows"> {
  return {
    spider,
    spiderOptions: {},
    connect: connectionTypes.get("tcp")!,
    device: interfaceNamed(device),
    bind: true,
    journal,
    workers: 10,
    rate: undefined,
    timeoutMs: 1000,
    repeat: 1,
    isolate: false,
  };
}

/** Measures port 80 of some addresses, and prints each result as JSON. */
export async function printResults(
  setup: Setup,
  targets: readonly string[],
  stop: AbortSignal,
): Promise<void> {
  const jobs = async function* () {
    for (const [i, dip] of targets.entries()) yield { line: i + 1, job: { dip, dp: 80 } };
  };
  for await (const outcome of measure(jobs, setup, { stop })) {
    if ("warning" in outcome) console.error(outcome.warning);
    else if ("problem" in outcome) console.error(outcome.problem);
    else console.log(JSON.stringify(outcome.measured.result));
  }
}
