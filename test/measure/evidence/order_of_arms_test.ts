import { assert, assertEquals, assertMatch } from "@std/assert";
import { boxesOf } from "../../lab/boxes.ts";
import { TargetLab } from "../../lab/target_lab.ts";
import { atOnce } from "../../at_once.ts";
import { ECN_BOXES, ECN_TRUTH } from "../../lab/ecn_truth.ts";
import { rootTest } from "../../lab/root.ts";
import { TCPOPT_TRUTH } from "../../lab/tcpopt_truth.ts";
import { results } from "../../spider.ts";

const SEEDS = Array.from({ length: 10 }, (_, seed) => seed);

/** One target behind each middlebox. */
function oneOfEach(lab: TargetLab, boxes: readonly string[]): string {
  return boxes.map((middlebox) => {
    const [dip] = lab.addresses(middlebox, 4, 1);
    return JSON.stringify({ dip, middlebox }) + "\n";
  }).join("");
}

rootTest("verdicts on ECN are the truth in ten orders of the arms", async () => {
  await using lab = await TargetLab.open({ boxes: boxesOf(ECN_BOXES) });
  const input = oneOfEach(lab, ECN_BOXES);
  await atOnce(3, SEEDS, async (seed) => {
    const args = ["measure", "ecn", "--seed", String(seed)];
    const { code, out, err } = await lab.spider(args, { input });
    assertEquals(code, 0, err);
    assertEquals(results(out).length, ECN_BOXES.length);
    for (const { middlebox, conditions, missed } of results(out)) {
      const truth = ECN_TRUTH[middlebox as keyof typeof ECN_TRUTH].tcp;
      assertEquals(conditions, truth, `${middlebox}, seed ${seed} ${JSON.stringify(missed)}`);
    }
  });
});

rootTest("verdicts on TCP options are the truth in ten orders of the phases", async () => {
  const kinds = Object.keys(TCPOPT_TRUTH);
  const orders = new Set<string>();
  const measure = async (lab: TargetLab, seed: number) => {
    const args = ["measure", "tcpopt", "--timeout", "2", "--output-flows", "--seed", String(seed)];
    const { code, out, err } = await lab.spider(args, { input: oneOfEach(lab, kinds) });
    assertEquals(code, 0, err);
    assertEquals(results(out).length, kinds.length);
    for (const { middlebox, conditions, flow_results = [] } of results(out)) {
      const truth = TCPOPT_TRUTH[middlebox as keyof typeof TCPOPT_TRUTH];
      assertEquals(conditions, truth, `${middlebox}, seed ${seed}`);
      if (middlebox !== "transparent") continue;
      const inTime = flow_results.toSorted((a, b) => a.spdr_start < b.spdr_start ? -1 : 1);
      orders.add(inTime.map(({ arm }) => arm).join());
    }
  };
  // Each sets its host, so those at the same time have one of their own
  const places = SEEDS.slice(0, 5);
  await atOnce(places.length, places, async (place) => {
    await using lab = await TargetLab.open({ boxes: boxesOf(kinds) });
    for (const seed of SEEDS.filter((seed) => seed % places.length === place)) {
      await measure(lab, seed);
    }
  });
  assert(orders.size > 3, [...orders].join("; "));
});

rootTest("the manifest has the seed of a run that named none", async () => {
  await using lab = await TargetLab.open();
  const folder = Deno.makeTempDirSync();
  const args = ["measure", "ecn", "--output", `${folder}/results`];
  const input = lab.addresses("transparent", 4, 1).join();
  assertEquals((await lab.spider(args, { input })).code, 0);
  assertMatch(Deno.readTextFileSync(`${folder}/results.manifest.json`), /"seed": \d+,/);
  Deno.removeSync(folder, { recursive: true });
});
