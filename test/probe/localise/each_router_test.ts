import { assertEquals } from "@std/assert";
import type { Hook } from "../../../src/lab/box/ruleset.ts";
import { atOnce } from "../../at_once.ts";
import { rootTest } from "../../lab/root.ts";
import type { TargetLab } from "../../lab/target_lab.ts";
import {
  allCases,
  assertPlace,
  EACH_ROUTER,
  type LocateCase,
  openCases,
  ROUTERS,
  TARGET,
} from "./each_case.ts";
import { locateAll, type LocatedRecord } from "./located.ts";

/** Localises every case, and expects each at the router that has the middleboxes. */
async function assertPlaces(lab: TargetLab, router: number, hook: Hook): Promise<void> {
  const asked = allCases(lab);
  const found = await locateAll(lab, asked);
  const before = hook === "forward" ? router : router - 1;
  for (const [at, one] of asked.entries()) {
    const quoted = before + 1 <= ROUTERS;
    if (quoted || typeof one.effect === "string") {
      assertPlace(one, found[at]!, [before, before + 1]);
    } else assertUnseen(one, found[at]!);
  }
}

/** Intervals by the router whose forwarding does it, where 2 and 4 say nothing. */
const SILENT_INTERVALS: Readonly<Record<number, readonly [number, number]>> = {
  1: [1, 3],
  2: [1, 3],
  3: [3, 5],
  4: [3, 5],
  5: [5, 6],
};

/** The same when two routers are silent, which widen the interval and are shown as such. */
async function assertBesideSilent(lab: TargetLab, router: number): Promise<void> {
  lab.silence(2);
  lab.silence(4);
  const asked = allCases(lab);
  const found = await locateAll(lab, asked);
  for (const [at, one] of asked.entries()) {
    assertEquals(found[at]!.hops.map(({ responders }) => responders.length), [1, 0, 1, 0, 1, 1]);
    const [before, after] = SILENT_INTERVALS[router]!;
    if (one.effect === "refused") {
      // The refusal itself comes from a hop that is otherwise silent
      assertPlace(one, found[at]!, [before, router + 1]);
    } else if (after <= ROUTERS || one.effect === "dropped") {
      assertPlace(one, found[at]!, [before, after]);
    } else assertUnseen(one, found[at]!);
  }
}

/**
 * Behind the last router there are no quotations: what is done there must not be called unchanged.
 */
function assertUnseen({ arm: name, kind }: LocateCase, found: LocatedRecord): void {
  const arm = found.arms.find((arm) => arm.arm === name)!;
  assertEquals([arm.changes, arm.stop, arm.unchanged_to], [[], null, ROUTERS], kind);
  assertEquals(found.length, TARGET);
}

rootTest(
  "a middlebox on each router in turn is localised for every feature, and beside silent routers",
  () =>
    atOnce(ROUTERS, EACH_ROUTER, async (router) => {
      await using lab = await openCases(router);
      await assertPlaces(lab, router, "forward");
      await assertBesideSilent(lab, router);
    }),
);

rootTest(
  "a middlebox before each router in turn is localised for every feature",
  () =>
    atOnce(ROUTERS, EACH_ROUTER, async (router) => {
      await using lab = await openCases(router, "prerouting");
      await assertPlaces(lab, router, "prerouting");
    }),
);
