import type { Arm } from "../contract/arm.ts";
import type { Target } from "../contract/job.ts";
import { isNamespaced } from "../host/sysctl.ts";
import type { Phase } from "./schedule/phases.ts";

/**
 * Why the arms of a spider cannot have network namespaces of their own, as a sentence without a full stop;
 * null where they can.
 *
 * @param name the spider's
 */
export function whyNotIsolated(name: string, phases: readonly Phase[]): string | null {
  if (phases.every(({ system }) => system === undefined)) {
    return `what ${name} sends does not depend on the host's settings, so there is nothing to isolate`;
  }
  for (const { arm } of phases.flatMap(({ arms }) => arms)) {
    const why = whyNot(arm);
    if (why === null) continue;
    return `the arm ${arm.name} of ${name} ${why}, which a network namespace does not hold`;
  }
  return null;
}

/** Why an arm cannot be isolated; null when it can. */
function whyNot({ system, socket }: Arm<Target>): string | null {
  if (system?.enter !== undefined || system?.leave !== undefined) {
    return "sets the host with a function of its own";
  }
  const other = Object.keys(system?.sysctls ?? {}).find((name) => !isNamespaced(name));
  if (other !== undefined) return `sets ${other}`;
  if (socket?.ecn || socket?.mark !== undefined) return "goes by a route for a firewall mark";
  return socket?.fastOpen === undefined ? null : "needs the host's cache of cookies";
}
