import { assertEquals } from "@std/assert";
import { type Summary, summaryText } from "../../src/cli/commands/measure/summary.ts";
import { Skipped } from "../../src/target/skipped.ts";

const CLEAN: Summary = {
  done: 2000,
  skipped: new Skipped(),
  unobserved: 0,
  drops: 0,
  seconds: 4,
  conditions: new Map([["b", 20], ["a", 20], ["works", 1980]]),
  interrupted: false,
};

Deno.test("a clean run has no warning", () => {
  assertEquals(
    summaryText(CLEAN),
    "2,000 targets in 4.0 s (500/s)\n  1,980  works\n     20  a\n     20  b\n",
  );
});

Deno.test("every trouble is a warning, skipped lines by number and reason", () => {
  const skipped = new Skipped();
  for (let line = 1; line <= 1007; line++) skipped.add({ line, problem: "not JSON" });
  const text = summaryText({
    ...CLEAN,
    done: 1,
    skipped,
    unobserved: 1,
    drops: 7,
    conditions: new Map(),
    interrupted: true,
  });
  assertEquals(text.split("\n"), [
    "1 target in 4.0 s (0.3/s)",
    "warning: interrupted, so not every target was measured",
    "warning: 1,007 lines of the input skipped",
    "  line 1: not JSON",
    "  line 2: not JSON",
    "  line 3: not JSON",
    "  line 4: not JSON",
    "  line 5: not JSON",
    "  and 1,002 more",
    "warning: 1 of 1 target not observed; nothing is concluded about their paths",
    "warning: the kernel dropped 7 packets; try fewer --workers or a --rate",
    "",
  ]);
});

Deno.test("targets that gave no jobs are named with the reason", () => {
  const withoutJobs = new Skipped();
  assertEquals(summaryText({ ...CLEAN, withoutJobs }), summaryText(CLEAN));
  withoutJobs.add({ line: 3, problem: "a.example: a.nxdomain" });
  const lines = summaryText({ ...CLEAN, withoutJobs, conditions: new Map() }).split("\n");
  assertEquals(lines.slice(1), [
    "warning: 1 target gave no jobs",
    "  line 3: a.example: a.nxdomain",
    "",
  ]);
});

Deno.test("many conditions do not fill the screen", () => {
  const conditions = new Map(Array.from({ length: 100 }, (_, n) => [`mss.value:${n}`, 1]));
  assertEquals(summaryText({ ...CLEAN, conditions }).split("\n").length, 1 + 40 + 1 + 1);
});
