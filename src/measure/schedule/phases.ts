import type { ConnectionType } from "../../connect/connection_type.ts";
import type { Arm, SystemState } from "../../contract/arm.ts";
import type { Target } from "../../contract/job.ts";

/** An arm, and its position in the spider's list. */
export interface PlacedArm {
  readonly arm: Arm<Target>;
  readonly config: number;
  /** The arm's own. */
  readonly name: string;
  readonly after: string | undefined;
}

/** Arms with their positions. */
export function placed(arms: readonly Arm<Target>[]): readonly PlacedArm[] {
  return arms.map((arm, config) => ({ arm, config, name: arm.name, after: arm.after }));
}

/** Arms that run at the same time, and the state of the system that they need. */
export interface Phase {
  /** Undefined for the host's own. */
  readonly system: SystemState | undefined;
  readonly arms: readonly PlacedArm[];
}

/**
 * The phases that arms take turns in: those that need the same state of the system share one, unless
 * one of them waits for an arm of a later phase.
 *
 * @param type the type of their connections: where they have no socket, their packets are forged, and
 * what the kernel is set to does not matter
 */
export function phasesOf(arms: readonly Arm<Target>[], type: ConnectionType): readonly Phase[] {
  const phases: { system: SystemState | undefined; arms: PlacedArm[] }[] = [];
  const phaseOf = new Map<string, number>();
  const forged = type.settle !== undefined;
  for (const one of placed(arms)) {
    const { arm } = one;
    const system = forged ? undefined : arm.system;
    const earliest = arm.after === undefined ? 0 : phaseOf.get(arm.after)!;
    let at = phases.findIndex((phase, index) => index >= earliest && same(phase.system, system));
    if (at < 0) at = phases.push({ system, arms: [] }) - 1;
    phases[at]!.arms.push(one);
    phaseOf.set(arm.name, at);
  }
  return phases;
}

/** Whether both states are the same for sure; what functions do cannot be compared. */
function same(a: SystemState | undefined, b: SystemState | undefined): boolean {
  if (a === b) return true;
  if (a?.enter || a?.leave || b?.enter || b?.leave) return false;
  return text(a) === text(b);
}

function text(state: SystemState | undefined): string {
  return JSON.stringify(Object.entries(state?.sysctls ?? {}).sort());
}

/** What orders phases: each has a name, and comes after those that its arms wait for. */
export interface NamedPhase {
  readonly name: string;
  readonly after: readonly string[];
}

/** Phases by their numbers, for putting them in order. */
export function namedPhases(phases: readonly Phase[]): readonly NamedPhase[] {
  return phases.map(({ arms }, at) => ({
    name: String(at),
    after: phases.flatMap((other, number) => {
      const isWaitedFor = other.arms.some(({ name }) => arms.some(({ after }) => after === name));
      return number !== at && isWaitedFor ? [String(number)] : [];
    }),
  }));
}
