import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { compareReports, comparisonText } from "../../../../src/lab/experiment/result/compare.ts";
import { hostileReport, sampleReport, sampleTest } from "./sample.ts";

function compared(
  before: readonly ReturnType<typeof sampleTest>[],
  after: readonly ReturnType<typeof sampleTest>[],
) {
  return compareReports(sampleReport(before), sampleReport(after));
}

Deno.test("a test that is not completed any more, or gone, is a regression; a better one is none", () => {
  const states = ["completed", "failed", "error"] as const;
  const regressed = states.map((before) => [
    ...states.map((after) =>
      compared([sampleTest({ state: before })], [sampleTest({ state: after })]).regressed
    ),
    compared([sampleTest({ state: before })], []).regressed,
  ]);
  assertEquals(regressed, [
    [false, true, true, true],
    [false, false, false, false],
    [false, false, false, false],
  ]);
  assertEquals(compared([], [sampleTest({ state: "failed" })]).regressed, false);
});

Deno.test("conditions are compared by their shares", () => {
  const before = sampleTest({ targets: 3, conditions: { a: 1, b: 3, gone: 1 } });
  const same = sampleTest({ targets: 6, conditions: { a: 2, b: 6, gone: 2 } });
  assertEquals(compared([before], [same]).changed, []);
  assertEquals(compared([before], [same]).same, 1);
  const after = sampleTest({ targets: 3, conditions: { a: 1, b: 2, toString: 1 } });
  assertEquals(compared([before], [after]).changed, [{
    id: "ecn",
    before: "completed",
    after: "completed",
    conditions: [
      { condition: "b", before: { count: 3, of: 3 }, after: { count: 2, of: 3 } },
      { condition: "gone", before: { count: 1, of: 3 }, after: { count: 0, of: 3 } },
      { condition: "toString", before: { count: 0, of: 3 }, after: { count: 1, of: 3 } },
    ],
  }]);
  const nothing = sampleTest({ targets: 0, conditions: {} });
  assertEquals(compared([nothing], [sampleTest()]).changed.length, 1);
  assertEquals(compared([nothing], [{ ...nothing, conditions: { a: 0 } }]).changed, []);
});

Deno.test("people read what changed, is new and is gone, and what that comes to", () => {
  const lines = comparisonText(compared(
    [sampleTest(), sampleTest({ id: "old\x1b[31m" }), sampleTest({ id: "same" })],
    [
      sampleTest({ state: "failed", conditions: { "ecn.connectivity.works": 1 } }),
      sampleTest({ id: "new" }),
      sampleTest({ id: "same" }),
    ],
  ));
  assertEquals(lines, [
    "ecn: completed before, failed now",
    "  ecn.connectivity.works: 4 of 4 before, 1 of 4 now",
    "new: new, completed",
    "old?[31m: gone, completed before",
    "1 changed, 1 new, 1 gone, 1 as before: was completed, and is not any more: ecn, old?[31m",
  ]);
});

Deno.test("of many that are not completed any more the last line names some", () => {
  const before = Array.from({ length: 7 }, (_, at) => sampleTest({ id: `t${at}` }));
  assertEquals(
    comparisonText(compared(before, [])).at(-1),
    "0 changed, 0 new, 7 gone, 0 as before: was completed, and is not any more: " +
      "t0, t1, t2, t3, t4 and 2 more",
  );
  assertEquals(
    comparisonText(compared(before, before)),
    ["0 changed, 0 new, 0 gone, 7 as before: all that was completed still is"],
  );
});

Deno.test("a report is as itself, and what is new one way is gone the other", () => {
  fc.assert(fc.property(hostileReport, hostileReport, (one, other) => {
    const { changed, added, gone, regressed } = compareReports(one, one);
    assertEquals([changed, added, gone, regressed], [[], [], [], false]);
    const there = compareReports(one, other);
    const back = compareReports(other, one);
    assertEquals([there.added, there.gone], [back.gone, back.added]);
    assertEquals(there.changed.map(({ id }) => id).sort(), back.changed.map(({ id }) => id).sort());
  }));
});
