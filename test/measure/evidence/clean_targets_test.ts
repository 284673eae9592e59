import { assert, assertEquals } from "@std/assert";
import { atOnce } from "../../at_once.ts";
import { CONCLUDING, falseIn, tally } from "../../lab/conclusions.ts";
import type { HindranceName } from "../../lab/chance.ts";
import { hindered } from "../../lab/hindered.ts";
import { rootTest } from "../../lab/root.ts";

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

async function measureCell(spider: string, hindrance: HindranceName, targets: number) {
  const { args, families, clean } = CONCLUDING[spider]!;
  const found = await hindered({
    args: [...args, "-w", "500"],
    families: [...families],
    targets: { transparent: targets },
    hindrance,
  });
  for (const family of families) {
    const own = found.filter((one) => one.family === family);
    const counts = tally(own, clean(family));
    const cell = `${spider} behind ${hindrance}, IPv${family}: ${JSON.stringify(counts)}`;
    assertEquals(falseIn(counts), 0, cell);
    // What nothing is concluded of says why
    for (const { conditions, missed } of own) {
      if (!conditions.includes("pathspider.not_observed")) continue;
      assert(Object.keys(missed ?? {}).length > 0, cell);
    }
  }
}

rootTest("clean targets get no false verdict behind what kept them from answering", async () => {
  const cells = CELLS.flatMap(([hindrance, spiders, targets]) =>
    spiders.map((spider) => ({ spider, hindrance, targets }))
  );
  await atOnce(
    cells.length,
    cells,
    ({ spider, hindrance, targets }) => measureCell(spider, hindrance, targets),
  );
});
