import { assert, assertEquals } from "@std/assert";
import { mostByChance } from "../lab/by_chance.ts";
import { meddle } from "../lab/hardships.ts";
import { TargetLab } from "../lab/target_lab.ts";
import { atOnce } from "../at_once.ts";
import { rootTest } from "../lab/root.ts";
import { results } from "../spider.ts";

const UNKNOWN = "pathspider.not_observed";

/** Measures targets of both families behind nothing; the output about them first. */
async function said(
  lab: TargetLab,
  args: readonly string[],
  count: number,
  families: readonly (4 | 6)[],
) {
  const targets = families.flatMap((family) => lab.addresses("transparent", family, count));
  const { code, out, err } = await lab.spider(["measure", ...args], { input: targets.join("\n") });
  assertEquals(code, 0, err);
  const found = results(out).map(({ conditions }) => conditions[0]);
  assertEquals(found.length, targets.length);
  return found;
}

const WORKS = [
  ["ecn", [], "ecn.connectivity.works"],
  ["dscp", [], "dscp.48.connectivity.works"],
  ["tfo", ["--connect", "tcp"], "tfo.connectivity.works"],
  ["mss", [], "mss.connectivity.online"],
  ["evilbit", [], "evilbit.connectivity.works"],
] as const;

/** Of each spider. */
const TARGETS = 2000;
/** Of 9 SYNs of an arm or their answers all are lost, and of 9 of another none, or more of more turns. */
const VERDICT_BY_LOSS = 1e-9;

rootTest("the loss of every twentieth packet each way is nobody's doing", async () => {
  const wrong: string[] = [];
  await atOnce(3, WORKS, async ([name, args, works]) => {
    await using lab = await TargetLab.open();
    meddle(lab.routers[0]!, ["meta l4proto tcp numgen random mod 100 < 5 drop"]);
    const families = name === "evilbit" ? [4] as const : [4, 6] as const;
    // The shorter the time, the more it takes for silence
    const words = [name, ...args, "-w", "1000", "--timeout", "1"];
    const found = await said(lab, words, TARGETS / families.length, families);
    assert(found.filter((condition) => condition === works).length > 1500, name);
    const others = found.filter((condition) => condition !== works && condition !== UNKNOWN);
    wrong.push(...others.map((condition) => `${name}: ${condition}`));
  });
  const most = mostByChance(TARGETS * WORKS.length, VERDICT_BY_LOSS);
  assert(wrong.length <= most, wrong.join("\n"));
});

/** Lets a number of SYNs through to a target, and does something with the others. */
function allow(lab: TargetLab, rate: string, then: string): void {
  const syn = "ip daddr 10.20.0.0/16 tcp flags & (syn|ack) == syn";
  meddle(
    lab.routers[0]!,
    [`${syn} add @asked { ip daddr limit rate over ${rate} packets } ${then}`],
    ["set asked { type ipv4_addr; flags dynamic; size 65535; }"],
  );
}

const CONNECTING = [["ecn"], ["dscp"], ["evilbit"], ["tfo", "--connect", "http"]];

rootTest(
  "a target that refuses a second connection has no path to blame",
  () =>
    atOnce(CONNECTING.length, CONNECTING, async (args) => {
      await using lab = await TargetLab.open();
      allow(lab, "1/second burst 1", "reject with tcp reset");
      for (const condition of await said(lab, [...args, "-w", "100"], 20, [4])) {
        const what = `${args[0]}: ${condition}`;
        assert(condition === UNKNOWN || condition?.endsWith(".works"), what);
      }
    }),
);

rootTest("a target that is deaf to a third connection has no path to blame", async () => {
  await using lab = await TargetLab.open();
  allow(lab, "10/minute burst 2", "drop");
  const args = ["tfo", "--connect", "http", "-w", "100", "--timeout", "2"];
  for (const condition of await said(lab, args, 20, [4])) assertEquals(condition, UNKNOWN);
});
