import { assertEquals } from "@std/assert";
import { verdictsByTest } from "../../../../src/lab/experiment/result/verdict_table.ts";
import { verdictText, worstOf } from "../../../../src/lab/experiment/result/words.ts";
import { sampleCell, sampleReport, sampleTest } from "./sample.ts";

Deno.test("middleboxes are down the side, the other axes above; what is common is printed once", () => {
  const [verdicts] = verdictsByTest(sampleReport(
    [["transparent", 4], ["transparent", 6], ["ecn-clear", 4]].map(([middlebox, ip]) =>
      sampleCell({ spider: "ecn", middlebox: middlebox!, ip: ip! })
    ),
  ));
  assertEquals(verdicts!.common, ["spider=ecn"]);
  const { axis, columns, rows } = verdicts!.table!;
  assertEquals([axis, columns], ["middlebox", ["ip=4", "ip=6"]]);
  assertEquals(rows.map(({ value, places }) => [value, ...places.map(verdictText)]), [
    ["transparent", "completed", "completed"],
    ["ecn-clear", "completed", ""],
  ]);
});

Deno.test("repeats stand in one place, which says how many of them are bad", () => {
  const states = ["completed", "error", "failed", "completed"] as const;
  const tests = [4, 6].flatMap((ip) =>
    states.map((state, at) =>
      sampleCell({ iteration: at + 1, ip }, { state: ip === 4 ? state : "completed" })
    )
  );
  const { axis, columns, rows } = verdictsByTest(sampleReport(tests))[0]!.table!;
  assertEquals([axis, columns], ["ip", ["verdict"]]);
  assertEquals(rows.map(({ places }) => places.map(verdictText)), [
    ["1 failed, 1 error of 4"],
    ["completed"],
  ]);
  assertEquals(rows.map(({ places }) => worstOf(places[0]!)?.state), ["error", "completed"]);
});

Deno.test("without a matrix, or with one that is too wide, there is no table", () => {
  const wide = Array.from(
    { length: 169 },
    (_, at) => sampleCell({ middlebox: `m${at % 13}`, x: Math.floor(at / 13) }, { test: "wide" }),
  );
  const found = verdictsByTest(sampleReport([sampleTest(), ...wide]));
  assertEquals(found.map(({ test, table }) => [test, table]), [["ecn", null], ["wide", null]]);
  const fits = verdictsByTest(sampleReport(wide.slice(0, 12 * 13)));
  assertEquals(fits[0]!.table?.columns.length, 12);
});
