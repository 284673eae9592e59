import { assertEquals } from "@std/assert";
import type { Hook } from "../../../src/lab/box/ruleset.ts";
import { TargetLab } from "../../lab/target_lab.ts";
import { type Case, CASE_BOXES, CASES, type LocatedRecord } from "./located.ts";

/** Routers on the way to each target. */
export const ROUTERS = 5;
/** Their numbers. */
export const EACH_ROUTER = Array.from({ length: ROUTERS }, (_, at) => at + 1);
/** The target is the hop behind the last router. */
export const TARGET = ROUTERS + 1;

/** A case, and a target of it. */
export interface LocateCase extends Case {
  readonly address: string;
}

/** A lab with the middleboxes of all cases on one router. */
export function openCases(at: number, hook: Hook = "forward"): Promise<TargetLab> {
  return TargetLab.open({ routers: ROUTERS, at, hook, boxes: CASE_BOXES });
}

/** Each case once in each family, at an address of its own. */
export function allCases(lab: TargetLab): LocateCase[] {
  return CASES.flatMap((one, at) =>
    (one.families ?? [4, 6]).map((family) => ({
      ...one,
      address: lab.addresses(one.kind, family, at + 1).at(-1)!,
    }))
  );
}

/** Asserts that the effect, and nothing else, was found where it is. */
export function assertPlace(
  { kind, arm: name, effect, address }: LocateCase,
  found: LocatedRecord,
  between: readonly [number, number],
): void {
  const what = `${kind} at ${address}: ${JSON.stringify(found)}`;
  const arm = found.arms.find((arm) => arm.arm === name)!;
  if (typeof effect === "string") {
    assertEquals([arm.stop?.kind, arm.stop?.between], [effect, between], what);
  } else {
    const [field, to] = effect;
    const featured = arm.changes.filter((change) => change.featured);
    assertEquals(featured.map((change) => [change.field, change.to, change.between]), [
      [field, to, between],
    ], what);
    assertEquals(arm.stop, null, what);
  }
  assertEquals(arm.reason, null, what);
  // There is no verdict on arms that the middlebox lets through
  for (const other of found.arms.filter((other) => !sharesFate(kind, name, other.arm))) {
    assertEquals(other.changes.filter((change) => !change.baseline_too && change.featured), []);
    assertEquals([other.stop, other.reason], [null, null], what);
  }
}

/** Whether a middlebox does to another arm what it does to this one. */
export function sharesFate(kind: string, arm: string, other: string): boolean {
  if (arm === other) return true;
  // Both arms of tfo carry the option; a plain SYN is sent by two arms of ecn
  return arm === "tfo_cookie" && other === "tfo_data" ||
    kind === "ecn-drop-plain-syn" && other === "ect0";
}
