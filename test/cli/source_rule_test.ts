import { assertEquals, assertMatch } from "@std/assert";
import { TargetLab } from "../lab/target_lab.ts";
import { runWithin } from "../../src/lab/topology/build.ts";
import { rootTest } from "../lab/root.ts";
import { addOtherWay, FIRST_HOPS, SOURCES, TABLE } from "../probe/other_way.ts";
import { results } from "../spider.ts";

/** A lab whose client has another way for packets from its first address. */
async function openLab(rules: readonly string[]): Promise<TargetLab> {
  const lab = await TargetLab.open({ routers: 3 });
  addOtherWay(lab);
  for (const rule of rules) runWithin(lab.client, ["ip", "-batch", "-"], `rule add ${rule}\n`);
  runWithin(lab.client, ["ip", "-6", "rule", "add", "from", SOURCES[6], "lookup", String(TABLE)]);
  return lab;
}

const rulesOf = (lab: TargetLab) => runWithin(lab.client, ["ip", "rule"]);

/** The first hop of a trace. */
async function firstHop(lab: TargetLab, args: readonly string[]): Promise<unknown> {
  const { code, out, err } = await lab.spider(["trace", "--json", "-q", "1", ...args]);
  assertEquals([code, err], [0, ""]);
  const [record] = results(out) as unknown as { result: { result: { from: string }[] }[] }[];
  return record?.result[0]?.result[0]?.from;
}

rootTest("--source takes the way that the rules have for it, by every protocol", async () => {
  const places = [`from ${SOURCES[4]}`, "from 100.64.0.0/29 to 10.20.0.0/16 priority 1000"];
  for (const place of places) {
    await using lab = await openLab([`${place} lookup ${TABLE}`]);
    const before = rulesOf(lab);
    for (const family of [4, 6] as const) {
      const [target = ""] = lab.addresses("transparent", family, 1);
      for (const protocol of ["icmp", "udp", "tcp"]) {
        const first = await firstHop(lab, ["-P", protocol, "--source", SOURCES[family], target]);
        assertEquals(first, FIRST_HOPS[family].other, `${protocol} over IPv${family}`);
      }
    }
    const [target = ""] = lab.addresses("transparent", 4, 1);
    assertEquals(await firstHop(lab, [target]), FIRST_HOPS[4].main);
    assertEquals(rulesOf(lab), before);
  }
});

rootTest("ping obeys the rules for its source too", async () => {
  await using lab = await openLab([`from ${SOURCES[4]} lookup ${TABLE}`]);
  const before = rulesOf(lab);
  const [target = ""] = lab.addresses("transparent", 4, 1);
  // Nothing that comes by the way of the main table gets through
  const chain =
    "chain in { type filter hook prerouting priority raw; ip daddr 10.20.0.0/16 drop; }";
  runWithin(lab.routers[0]!, ["nft", "-f", "-"], `table ip shut { ${chain}; }`);
  const { code, out } = await lab.spider(
    ["ping", "-n", "-q", "2", "-i", "0.01", "--source", SOURCES[4], target],
  );
  assertEquals(code, 0);
  assertMatch(out, /10\.20\.128\.1 +0\.0 % +2/);
  assertEquals(rulesOf(lab), before);
});

rootTest("a source of one IP version is not for hosts of the other", async () => {
  await using lab = await openLab([]);
  const [four = "", six = ""] = ([4, 6] as const)
    .flatMap((family) => lab.addresses("transparent", family, 1));
  const { code, out, err } = await lab.spider(
    ["ping", "-n", "-q", "1", "--source", SOURCES[4], six, four],
  );
  assertEquals([code, err], [1, `spider: ${six} is not an IPv4 address: leave out the version\n`]);
  assertMatch(out, /^10\.20\.128\.1 +0\.0 % +1/m);
});

rootTest("rules that cannot be obeyed are reported, and nothing is sent another way", async () => {
  await using lab = await openLab([`from ${SOURCES[4]} iif lo lookup ${TABLE}`]);
  const before = rulesOf(lab);
  const [target = ""] = lab.addresses("transparent", 4, 1);
  const args = ["-n", "-q", "1", "--source", SOURCES[4], target];
  for (const command of ["ping", "trace"]) {
    const { code, out, err } = await lab.spider([command, ...args]);
    assertEquals([code, out], [1, ""]);
    assertMatch(err, /another way than those that mtr-packet sends: give --protocol tcp/);
  }
  assertEquals(rulesOf(lab), before);
});
