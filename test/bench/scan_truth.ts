// @ts-types="../../src/types/parse_args.d.ts"
import { parseArgs } from "@std/cli/parse-args";
import type { Result } from "../../src/mod.ts";
import { SCAN_CASES, ScanLab } from "../lab/scanned.ts";
import { type FigureRow, grouped } from "./row.ts";
import { size } from "./size.ts";

/** Targets of both IP versions in all; those behind a middlebox are as many as a lab has. */
const TARGETS = size(100_000, 600);
const EACH = size(250, 5);
/** As many addresses has the block behind no middlebox. */
const MOST_CLEAN = { 4: 32_512, 6: 65_535 } as const;
const WORDS = ["--output-offline", "--rate", "20000", "--confirm-rate", "2000"];
const NOT_OBSERVED = "pathspider.not_observed";

/** How a target came out of two ways to look at it. */
type Agreement = "same" | "one not observed" | "different";

/**
 * Whether a scan with confirmation gives the verdicts that a measurement gives, target by target, where 5 %
 * of packets are lost each way: `scan_truth [SPIDER...] [--targets N]`, ecn where none is named. It takes
 * about ten minutes a spider.
 */
export async function scanTruthRows(words: readonly string[]): Promise<FigureRow[]> {
  const { _: names, targets = TARGETS } = parseArgs(words, { string: ["targets"] });
  const spiders = names.length === 0 ? ["ecn"] : names.map(String);
  const rows: FigureRow[] = [];
  for (const spider of spiders) rows.push(await row(spider, Number(targets)));
  return rows;
}

async function row(spider: string, targets: number): Promise<FigureRow> {
  const asked = SCAN_CASES[spider];
  if (asked === undefined) throw new Error(`there is ${Object.keys(SCAN_CASES)}, and no ${spider}`);
  const kinds = Object.keys(asked.truth).length - 1;
  const rest = Math.max(0, targets - kinds * EACH * asked.families.length);
  const four = asked.families.includes(6)
    ? Math.min(MOST_CLEAN[4], Math.floor(rest / 2))
    : Math.min(MOST_CLEAN[4], rest);
  const clean = { 4: four, 6: Math.min(MOST_CLEAN[6], rest - four) };
  await using lab = await ScanLab.open(asked, EACH, clean, "c5");
  const scanned = await timed(() => lab.scan(WORDS));
  const measured = await timed(() => lab.measure(["-w", "1000"]));
  const counts: Record<Agreement, number> = { same: 0, "one not observed": 0, different: 0 };
  let [falseOfScan, falseOfMeasure, missing] = [0, 0, 0];
  for (const { dip, kind } of lab.targets) {
    const [one, other] = [scanned.results.get(dip), measured.results.get(dip)];
    if (one === undefined || other === undefined) {
      missing++;
      continue;
    }
    counts[agreement(one, other)]++;
    if (isFalse(one, asked.truth[kind]!)) falseOfScan++;
    if (isFalse(other, asked.truth[kind]!)) falseOfMeasure++;
  }
  const all = lab.targets.length;
  return {
    work: `scan ${asked.args.join(" ")} and measure, ${
      grouped(all)
    } targets, ${kinds} kinds of middlebox, IPv${
      asked.families.join(" and IPv")
    }, 5 % loss each way`,
    ours:
      `${grouped(counts.same)} with the same verdict, ${
        grouped(counts["one not observed"])
      } not observed by one of them, ${counts.different} different; ${falseOfScan} false of scan's, ` +
      `${missing} missing; ${Math.round(scanned.seconds)} s`,
    peers: [`measure: ${falseOfMeasure} false, ${Math.round(measured.seconds)} s`],
    bound: "none different, none missing",
    reached: counts.different === 0 && missing === 0,
  };
}

async function timed(run: () => Promise<ReadonlyMap<string, Result>>) {
  const begin = performance.now();
  const results = await run();
  return { results, seconds: (performance.now() - begin) / 1000 };
}

/** What two results say about whether the path lets the feature through. */
function agreement(one: Result, other: Result): Agreement {
  const [a, b] = [connectivity(one), connectivity(other)];
  if (a.length === 0 || b.length === 0) return "one not observed";
  return a.join() === b.join() ? "same" : "different";
}

function connectivity({ conditions }: Result): string[] {
  if (conditions.includes(NOT_OBSERVED)) return [];
  return conditions.filter((name) => name.includes(".connectivity.")).toSorted();
}

/** Whether a verdict is there, and is not the truth. */
function isFalse(result: Result, truth: readonly string[]): boolean {
  const said = connectivity(result);
  const known = truth.filter((name) => name.includes(".connectivity."));
  return said.length > 0 && said.some((name) => !known.includes(name));
}
