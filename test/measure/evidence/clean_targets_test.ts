import { assert } from "@std/assert";
import { atOnce } from "../../at_once.ts";
import { mostByChance } from "../../lab/by_chance.ts";
import { CONCLUDING, falseIn, tally } from "../../lab/conclusions.ts";
import type { HindranceName } from "../../lab/chance.ts";
import { hindered } from "../../lab/hindered.ts";
import { rootTest } from "../../lab/root.ts";

/**
 * The probability of a false verdict on a clean target where its flows fail by chance: of two arms with
 * turns of 1, 8, 8 and 8 flows, each looked at as it ends, one or both are silent for as long as makes
 * a verdict (`src/measure/evidence/chance.ts`). Others fail by a rule, which is never a verdict.
 */
const CHANCE: Partial<Record<HindranceName, number>> = { a: 6.5e-7, b: 3.5e-5 };

/** What was seen to make verdicts false, by the spiders that it did it to. */
const CELLS: readonly (readonly [HindranceName, readonly string[], number])[] = [
  // A limit of connections a minute: the baseline's phase was always the first
  ["d", ["tcpopt", "ecn", "dscp"], 30],
  // A server that answers after the timeout
  ["e", ["tcpopt", "mss"], 60],
  // One source port in four is dead: three resent SYNs on one port were taken for three events
  ["a", ["ecn", "udpzero", "evilbit", "h2"], 300],
  ["b", ["ecn", "mss"], 300],
  ["f", ["tfo"], 100],
];

/** What came of clean targets: how many got a false verdict, and of each family and spider what else. */
interface CellOutcome {
  readonly hindrance: HindranceName;
  readonly targets: number;
  readonly wrong: number;
  readonly cell: string;
}

async function measureCell(
  spider: string,
  hindrance: HindranceName,
  targets: number,
): Promise<CellOutcome[]> {
  const { args, families, clean } = CONCLUDING[spider]!;
  const found = await hindered({
    args: [...args, "-w", "500"],
    families: [...families],
    targets: { transparent: targets },
    hindrance,
  });
  return families.map((family) => {
    const own = found.filter((one) => one.family === family);
    const counts = tally(own, clean(family));
    const cell = `${spider} behind ${hindrance}, IPv${family}: ${JSON.stringify(counts)}`;
    // What nothing is concluded of says why
    for (const { conditions, missed } of own) {
      if (!conditions.includes("pathspider.not_observed")) continue;
      assert(Object.keys(missed ?? {}).length > 0, cell);
    }
    return { hindrance, targets: own.length, wrong: falseIn(counts), cell };
  });
}

rootTest("clean targets get no false verdict behind what kept them from answering", async () => {
  const cells = CELLS.flatMap(([hindrance, spiders, targets]) =>
    spiders.map((spider) => ({ spider, hindrance, targets }))
  );
  const outcomes: CellOutcome[] = [];
  await atOnce(cells.length, cells, async ({ spider, hindrance, targets }) => {
    outcomes.push(...await measureCell(spider, hindrance, targets));
  });
  for (const [hindrance, own] of Map.groupBy(outcomes, (one) => one.hindrance)) {
    const sum = (key: "wrong" | "targets") => own.reduce((all, one) => all + one[key], 0);
    const most = mostByChance(sum("targets"), CHANCE[hindrance] ?? 0);
    assert(sum("wrong") <= most, own.map(({ cell }) => cell).join("\n"));
  }
});
