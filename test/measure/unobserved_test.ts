import { assert, assertEquals, assertMatch } from "@std/assert";
import { run } from "../../src/host/run.ts";
import { TargetLab } from "../lab/target_lab.ts";
import { rootTest } from "../lab/root.ts";
import { results } from "../spider.ts";

rootTest("a target without a route is tried once, and the result says why", async () => {
  await using lab = await TargetLab.open();
  run("ip", ["-n", lab.client, "route", "add", "unreachable", "192.0.2.0/24"]);
  for (const name of ["tfo", "ecn"]) {
    const began = performance.now();
    const ended = await lab.spider(["measure", name], { input: "192.0.2.1\n192.0.2.2\n" });
    // Eight turns of connections that could not be begun would take a minute
    assert(performance.now() - began < 20_000);
    assertEquals(ended.code, 1, "nothing was observed");
    assertMatch(ended.err, /Not one connection was observed/);
    for (const { conditions, missed } of results(ended.out)) {
      assertEquals(conditions[0], "pathspider.not_observed");
      assertMatch(conditions[1]!, /^pathspider\.missed_flows:\d$/);
      assertMatch(Object.values(missed!)[0]!, /^not begun \(E(HOST|NET)UNREACH\)$/);
    }
  }
});

rootTest("the rate bounds the flows that confirm as well", async () => {
  await using lab = await TargetLab.open({ boxes: ["reset"] });
  const [target] = lab.addresses("reset", 4, 1);
  const { code, out, err } = await lab.spider(
    ["measure", "ecn", "--rate", "4", "--output-flows", "--no-control"],
    { input: target! },
  );
  assertEquals(code, 0, err);
  const [result] = results(out);
  assertEquals(result?.conditions, ["ecn.connectivity.offline"]);
  const sets = result!.evidence!["ecn"]!.flows;
  const seconds = (Date.parse(result!.time.to) - Date.parse(result!.time.from)) / 1000;
  assert(sets >= 8 && seconds >= (sets - 1) / 4 - 0.1, `${sets} sets in ${seconds} s`);
});
