import { tableLines } from "../../src/cli/terminal/table.ts";
import type { FileRun } from "./lanes.ts";

const SLOWEST = 20;

/** A table of the slowest tests. */
export function slowest(runs: readonly FileRun[]): string {
  const cases = runs.flatMap(({ cases }) => cases ?? [])
    .sort((one, other) => other.seconds - one.seconds)
    .slice(0, SLOWEST);
  const rows = tableLines(
    [{ align: "right", least: "99999.9 s".length }, {}],
    cases.map(({ seconds, name, file }) => [`${seconds.toFixed(1)} s`, `${name} (${file})`]),
  );
  return [`The ${SLOWEST} slowest:`, ...rows].join("\n");
}

/** How many passed and failed, in one line, and which failed before it. */
export function summary(runs: readonly FileRun[]): { readonly line: string; readonly ok: boolean } {
  const cases = runs.flatMap(({ cases }) => cases ?? []);
  const count = (wanted: string) => cases.filter(({ outcome }) => outcome === wanted).length;
  const broken = runs.filter(({ ok, cases }) =>
    !ok && !cases?.some(({ outcome }) => outcome === "failed")
  );
  const failed = count("failed") + broken.length;
  const skipped = count("skipped");
  const named = [
    ...cases.filter(({ outcome }) => outcome === "failed").map(({ name, file }) =>
      `failed: ${name} (${file})`
    ),
    ...broken.map(({ files }) => `did not run to the end: ${files.join(" ")}`),
  ];
  const line = `${count("passed")} passed, ${failed} failed${
    skipped === 0 ? "" : `, ${skipped} skipped`
  }`;
  return { line: [...named, line].join("\n"), ok: failed === 0 };
}
