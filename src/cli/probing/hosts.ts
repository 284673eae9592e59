import type { HostsListener, HostsOutcome } from "../../run/probing/targets.ts";
import { teller } from "../terminal/tell.ts";
import type { Context } from "../command.ts";

/** Says on standard error which hosts cannot be targets. */
export function missingTeller({ stderr }: Pick<Context, "stderr">): HostsListener["missing"] {
  const tell = teller(stderr);
  return (_, problem) => tell(`spider: ${problem}`);
}

/** The exit status after all hosts: 1 when one could not be probed. */
export function hostsStatus({ missing, refused }: HostsOutcome): number {
  return missing + refused > 0 ? 1 : 0;
}
