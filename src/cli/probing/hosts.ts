import type { ProbingOutcome } from "../../run/probing/probing_run.ts";
import type { HostsListener } from "../../run/probing/targets.ts";
import { teller } from "../terminal/tell.ts";
import type { Context } from "../command.ts";

/** Says on standard error which hosts cannot be targets. */
export function missingTeller({ stderr }: Pick<Context, "stderr">): HostsListener["missing"] {
  const tell = teller(stderr);
  return (_, problem) => tell(`spider: ${problem}`);
}

/** The exit status after all hosts: 1 when one could not be probed. Throws what ended the run early. */
export function hostsStatus({ missing, refused, failure }: ProbingOutcome): number {
  if (failure !== null) throw failure;
  return missing + refused > 0 ? 1 : 0;
}
