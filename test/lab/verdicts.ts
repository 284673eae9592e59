import { assertEquals } from "@std/assert";
import type { TargetLab } from "./target_lab.ts";
import { type ProgramRun, results } from "../spider.ts";

/** What must be concluded about targets behind middleboxes, by what they are called. */
export type Truth = Readonly<Record<string, readonly string[]>>;

/** How targets are measured. */
export interface VerdictCase {
  /** The words after `spider measure`. */
  readonly args: readonly string[];
  readonly truth: Truth;
  /** Keys that every job has. */
  readonly job?: Readonly<Record<string, unknown>>;
  readonly families?: readonly (4 | 6)[];
  /** Targets behind each middlebox, in each family. */
  readonly each?: number;
  /** Minimum number of targets in all: the rest are behind no middlebox, over IPv4. */
  readonly total?: number;
}

/**
 * Measures targets behind each middlebox, in both families, mixed, and asserts every verdict.
 */
export async function assertVerdicts(
  lab: TargetLab,
  { args, truth, job = {}, families = [4, 6], each = 4, total = 0 }: VerdictCase,
): Promise<ProgramRun> {
  const kinds = Object.keys(truth);
  const jobs = kinds.flatMap((middlebox) =>
    families.flatMap((family) => {
      const rest = total - kinds.length * families.length * each;
      const fill = middlebox === "transparent" && family === families[0] ? Math.max(rest, 0) : 0;
      const addresses = lab.addresses(middlebox, family, each + fill);
      return addresses.map((dip, i) => ({ at: i / addresses.length, dip, middlebox, ...job }));
    })
  ).sort((a, b) => a.at - b.at);
  const ended = await lab.spider(["measure", ...args], {
    input: jobs.map((line) => JSON.stringify(line) + "\n").join(""),
  });
  assertEquals(ended.code, 0, ended.err);
  const found = results(ended.out);
  assertEquals(found.length, jobs.length, ended.err);
  for (const { dip, middlebox, conditions, missed } of found) {
    const which = `${args.join(" ")}: ${dip} behind ${middlebox}, missed: ${
      JSON.stringify(missed)
    }`;
    assertEquals(conditions, truth[String(middlebox)], which);
  }
  return ended;
}
