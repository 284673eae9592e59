import { assertEquals, assertMatch } from "@std/assert";
import { Folder } from "../data/temporary.ts";
import { rootTest } from "../lab/root.ts";
import { TargetLab } from "../lab/target_lab.ts";
import { results } from "../spider.ts";

/** A spider that yields jobs, of jobs with an address. */
const NEXT = new TextEncoder().encode(`export default {
  kind: "spider",
  name: "next",
  version: "1.0.0",
  api: "^1",
  summary: "The port behind the one that is measured",
  connect: ["tcp"],
  chains: ["basic", "tcp"],
  arms: [{ name: "plain" }],
  conditions: { "next.online": "connected", "next.offline": "did not connect" },
  conclude: ([flow]) => [flow.spdr_state === 0 ? "next.online" : "next.offline"],
  jobs: ({ dip, dp }) => [{ dip, dp: dp + 1 }],
};
`);

rootTest(
  "results of a spider that yields jobs can be repeated and resumed, its jobs not",
  async () => {
    await using lab = await TargetLab.open();
    using folder = new Folder();
    const plugin = folder.put("next.ts", NEXT);
    const targets = lab.addresses("transparent", 4, 3);
    const measure = (args: readonly string[], count = targets.length) =>
      lab.spider(["measure", plugin, "-w", "1", ...args], {
        input: targets.slice(0, count).join("\n"),
      });

    const jobs = await measure([]);
    assertEquals(
      results(jobs.out).map(({ dip, dp }) => [dip, dp]),
      targets.map((dip) => [dip, 81]),
    );
    const output = ["--output", folder.at("results")];
    for (
      const [option, why] of [["--repeat=2", /--repeat/], ["--resume", /writes jobs/]] as const
    ) {
      const refused = await measure([option, ...output]);
      assertEquals(refused.code, 2, option);
      assertMatch(refused.err, why);
    }

    const repeated = await measure(["--results", "--repeat", "2"]);
    assertEquals(repeated.code, 0, repeated.err);
    assertEquals(
      results(repeated.out).map(({ dip, dp, conditions, repeats }) => ({
        ...{ dip, dp, conditions, repeats },
      })),
      targets.map((dip) => ({
        ...{ dip, dp: 80, conditions: ["next.online"], repeats: { observed: 2, total: 2 } },
      })),
    );

    assertEquals((await measure(["--results", ...output], 1)).code, 0);
    const resumed = await measure(["--results", "--resume", ...output]);
    assertEquals(resumed.code, 0, resumed.err);
    assertMatch(resumed.err, /1 target had been measured before/);
    assertEquals(results(folder.text("results")).map(({ dip }) => dip), targets);
  },
);

rootTest("names are measured again, for they have no addresses to go on behind", async () => {
  await using lab = await TargetLab.open({ services: ["unbound"] });
  using folder = new Folder();
  const [server = ""] = lab.addresses("transparent", 4, 1);
  const resolve = (...args: string[]) =>
    lab.spider(["measure", "dnsresolv", "--resolver", server, "--results", ...args], {
      input: "four.example\n",
    });
  const repeated = await resolve("--repeat", "2");
  assertEquals(repeated.code, 0, repeated.err);
  const [result] = results(repeated.out);
  assertEquals(result?.repeats, { observed: 2, total: 2 });
  const refused = await resolve("--resume", "--output", folder.at("results"));
  assertEquals(refused.code, 2);
  assertMatch(refused.err, /--resume needs results with addresses, and dnsresolv has none/);
});
