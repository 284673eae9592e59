import { type HindranceName, HINDRANCES } from "../lab/chance.ts";
import {
  CONCLUDING,
  FALSE,
  falseIn,
  type OutcomeCounts,
  tally,
  VERDICTS,
} from "../lab/conclusions.ts";
import { hindered, type HinderedResult } from "../lab/hindered.ts";
import { type FigureRow, grouped, markdown, median } from "./row.ts";
import { readTruthOptions, type TruthOptions } from "./truth_options.ts";

/** False verdicts that a cell may have: one spider, one IP version, one hindrance. */
const MOST_FALSE = 1;
/** Targets of each IP version whose path is broken. */
const BROKEN = 252;
/** What must be called broken of them, by the loss on the path. */
const BROKEN_BOUNDS: Readonly<Partial<Record<HindranceName, number>>> = { none: 1, c5: 0.99 };
/** Broken targets whose verdicts are timed, of each IP version, and how long each may take, in seconds. */
const TIMED = 50;
const LONGEST = 6;

/** The outcomes of clean targets of one IP version. */
interface Cell {
  readonly spider: string;
  readonly family: 4 | 6;
  readonly hindrance: HindranceName;
  readonly counts: OutcomeCounts;
}

/**
 * The outcomes of targets whose path is broken: how many are called so, and what the others are.
 */
interface BrokenCell {
  readonly spider: string;
  readonly family: 4 | 6;
  readonly hindrance: HindranceName;
  readonly all: number;
  readonly found: number;
  readonly others: readonly string[];
}

/**
 * Whether verdicts hold where chance hinders clean targets, and where paths are broken. It takes
 * about half an hour, so that it is measured only on request: `truth [SPIDER...] [HINDRANCE...]`,
 * see `readTruthOptions`.
 */
export async function truthRows(words: readonly string[]): Promise<FigureRow[]> {
  const options = readTruthOptions(words);
  const cells: Cell[] = [];
  const broken: BrokenCell[] = [];
  const times: number[] = [];
  const tasks: (() => Promise<void>)[] = [];
  for (const hindrance of options.hindrances) {
    for (const spider of options.spiders) {
      tasks.push(async () => void cells.push(...await clean(spider, hindrance, options)));
    }
  }
  if (options.broken) {
    for (const hindrance of Object.keys(BROKEN_BOUNDS) as HindranceName[]) {
      for (const spider of options.spiders) {
        tasks.push(async () => void broken.push(...await brokenPaths(spider, hindrance, options)));
      }
    }
  }
  await atOnce(tasks, options.labs);
  // Alone, since it is about time
  if (options.time) times.push(...await verdictTimes());
  if (cells.length > 0) console.log(`${matrix(cells)}\n`);
  return [
    ...options.hindrances.map((name) => hindranceRow(name, cells, options)),
    ...[...new Set(broken.map(({ hindrance }) => hindrance))].map((name) =>
      brokenRow(name, broken)
    ),
    ...times.length > 0 ? [timeRow(times)] : [],
  ];
}

async function clean(
  spider: string,
  hindrance: HindranceName,
  { targets, workers }: TruthOptions,
): Promise<Cell[]> {
  const { args, families, clean } = CONCLUDING[spider]!;
  const begin = performance.now();
  const results = await hindered({
    args: [...args, "-w", String(workers)],
    families,
    targets: { transparent: targets },
    hindrance,
  });
  const cells = families.map((family): Cell => ({
    spider,
    family,
    hindrance,
    counts: tally(of(results, family), clean(family)),
  }));
  for (const cell of cells) tell(cell, tallied(cell.counts), begin);
  return cells;
}

async function brokenPaths(
  spider: string,
  hindrance: HindranceName,
  { workers }: TruthOptions,
): Promise<BrokenCell[]> {
  const { args, families, broken } = CONCLUDING[spider]!;
  const kinds = Object.keys(broken);
  const begin = performance.now();
  const results = await hindered({
    args: [...args, "-w", String(workers)],
    families,
    targets: Object.fromEntries(kinds.map((kind) => [kind, BROKEN / kinds.length])),
    hindrance,
  });
  return families.map((family) => {
    const all = of(results, family);
    const others = all
      .filter(({ middlebox, conditions }) => !conditions.includes(broken[middlebox]!))
      .map(({ conditions }) => conditions.join(" "));
    const cell = {
      spider,
      family,
      hindrance,
      all: all.length,
      found: all.length - others.length,
      others,
    };
    tell(cell, `${cell.found} of ${cell.all} broken paths found; ${counted(others)}`, begin);
    return cell;
  });
}

/** How long each verdict about a broken target took at the usual settings, in seconds. */
async function verdictTimes(): Promise<number[]> {
  const { args, families, broken } = CONCLUDING.ecn!;
  const results = await hindered({
    args,
    families,
    targets: { "ecn-drop-syn": TIMED },
    hindrance: "none",
  });
  return results.map(({ time, conditions }) =>
    conditions.includes(broken["ecn-drop-syn"]!)
      ? (Date.parse(time.to) - Date.parse(time.from)) / 1000
      : Infinity
  );
}

function hindranceRow(
  name: HindranceName,
  cells: readonly Cell[],
  { targets, workers }: TruthOptions,
): FigureRow {
  const here = cells.filter(({ hindrance }) => hindrance === name);
  const over = here.filter(({ counts }) => falseIn(counts) > MOST_FALSE);
  const sum = (verdicts: readonly (keyof OutcomeCounts)[]) =>
    here.reduce(
      (all, { counts }) => all + verdicts.reduce((some, one) => some + counts[one], 0),
      0,
    );
  const worst = over.map(({ spider, family, counts }) =>
    `${spider} IPv${family} ${FALSE.map((verdict) => `${counts[verdict]} ${verdict}`).join(", ")}`
  );
  return {
    work: `${here.length} cells of ${grouped(targets)} clean targets behind ` +
      `${HINDRANCES[name].title}, -w ${workers}`,
    ours: [
      `${grouped(sum(FALSE))} false, ${grouped(sum(["unobserved"]))} not observed, ` +
      `${grouped(sum(["other"]))} otherwise wrong, ${grouped(sum(["right"]))} right`,
      ...worst,
    ].join("; "),
    peers: [],
    bound: `${MOST_FALSE} false broken, transient or offline in each`,
    reached: over.length === 0,
  };
}

function brokenRow(name: HindranceName, cells: readonly BrokenCell[]): FigureRow {
  const here = cells.filter(({ hindrance }) => hindrance === name);
  const bound = BROKEN_BOUNDS[name]!;
  const under = here.filter(({ found, all }) => found < bound * all);
  const found = here.reduce((sum, cell) => sum + cell.found, 0);
  const all = here.reduce((sum, cell) => sum + cell.all, 0);
  return {
    work: `${here.length} cells of ${BROKEN} targets whose paths drop the feature, behind ` +
      HINDRANCES[name].title,
    ours: [
      `${grouped(found)} of ${grouped(all)} found`,
      ...under.map(({ spider, family, found, all }) => `${spider} IPv${family} ${found} of ${all}`),
    ].join("; "),
    peers: [],
    bound: `${100 * bound} % in each`,
    reached: under.length === 0,
  };
}

function timeRow(times: readonly number[]): FigureRow {
  const longest = Math.max(...times);
  return {
    work: `the verdict about each of ${times.length} broken ECN targets, at the usual settings`,
    ours: `${median(times).toFixed(1)} s, at most ${longest.toFixed(1)} s`,
    peers: [],
    bound: `${LONGEST} s at most`,
    reached: longest <= LONGEST,
  };
}

/** False verdicts, and what was not observed, by spider and hindrance. */
function matrix(cells: readonly Cell[]): string {
  const names = [...new Set(cells.map(({ hindrance }) => hindrance))];
  const rows = Object.entries(CONCLUDING).flatMap(([spider, { families }]) =>
    families.map((family) => {
      const figures = names.map((name) => {
        const found = cells.find((cell) =>
          cell.spider === spider && cell.family === family && cell.hindrance === name
        );
        return found === undefined ? null : `${falseIn(found.counts)} (${found.counts.unobserved})`;
      });
      return [`${spider} IPv${family}`, ...figures];
    })
  ).filter((row) => row.every((figure) => figure !== null));
  return markdown(["false (not observed)", ...names.map((name) => HINDRANCES[name].title)], rows);
}

/** Runs tasks with limited concurrency. */
async function atOnce(tasks: readonly (() => Promise<void>)[], most: number): Promise<void> {
  const left = tasks.values();
  await Promise.all(Array.from({ length: most }, async () => {
    for (const task of left) await task();
  }));
}

function of(results: readonly HinderedResult[], family: 4 | 6): HinderedResult[] {
  return results.filter((result) => result.family === family);
}

function tallied(counts: OutcomeCounts): string {
  return VERDICTS.map((verdict) => `${counts[verdict]} ${verdict}`).join(", ");
}

function counted(others: readonly string[]): string {
  const counts = Map.groupBy(others, (conditions) => conditions);
  return [...counts].map(([conditions, all]) => `${all.length} ${conditions}`).join(", ");
}

function tell(
  { spider, family, hindrance }: Pick<Cell, "spider" | "family" | "hindrance">,
  came: string,
  begin: number,
): void {
  const taken = ((performance.now() - begin) / 1000).toFixed(0);
  console.error(`truth ${spider} IPv${family} ${hindrance}: ${came} (${taken} s)`);
}
