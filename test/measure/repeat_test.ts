import { assert, assertEquals, assertMatch } from "@std/assert";
import { TargetLab } from "../lab/target_lab.ts";
import { combined, repeated } from "../../src/measure/repeat.ts";
import { ConditionNames } from "../../src/measure/condition_names.ts";
import type { Result, Spider } from "../../src/mod.ts";
import ecn from "../../plugins/spiders/ecn.ts";
import { ECN_TRUTH } from "../lab/ecn_truth.ts";
import { meddle } from "../lab/hardships.ts";
import { hindered } from "../lab/hindered.ts";
import { rootTest } from "../lab/root.ts";
import { TCPOPT_TRUTH } from "../lab/tcpopt_truth.ts";
import { results } from "../spider.ts";

const conditionNames = new ConditionNames(
  {
    ...ecn,
    conditions: { "x.works": "", "x.broken": "", "x.mark:N": "" },
    confirm: ["x.broken"],
  } satisfies Spider,
  {},
);

let second = 0;

function result(...conditions: string[]): Result {
  const time = (at: number) => new Date(1.7e12 + at * 1000).toISOString();
  return {
    dip: "192.0.2.1",
    sip: "192.0.2.2",
    path: [],
    time: { from: time(second), to: time(++second) },
    conditions,
  };
}

const unobserved = () => result("pathspider.not_observed", "pathspider.missed_flows:2");

Deno.test("what came out each time is concluded, with its share beside it", () => {
  const [first, last] = [result("x.works", "x.mark:1"), result("x.works", "x.mark:2")];
  assertEquals(combined([first, last], conditionNames), {
    ...last,
    time: { from: first.time.from, to: last.time.to },
    conditions: ["x.works"],
    repeats: { observed: 2, total: 2 },
    agreement: { "x.works": 1, "x.mark:1": 0.5, "x.mark:2": 0.5 },
  });
});

Deno.test("one repeat that differs leaves no guess", () => {
  const all = [result("x.works"), result("x.broken"), result("x.works")];
  const { conditions, agreement } = combined(all, conditionNames);
  assertEquals(conditions, []);
  assertEquals(agreement, { "x.works": 0.667, "x.broken": 0.333 });
});

Deno.test("repeats that were not observed are counted, and say nothing", () => {
  const some = combined([unobserved(), result("x.works"), unobserved()], conditionNames);
  assertEquals(some.conditions, ["x.works"]);
  assertEquals(some.repeats, { observed: 1, total: 3 });
  assertEquals(some.agreement, { "x.works": 1 });
  const none = combined([unobserved(), unobserved()], conditionNames);
  assertEquals(none.conditions, ["pathspider.not_observed", "pathspider.missed_flows:2"]);
  assertEquals([none.repeats?.observed, none.agreement], [0, {}]);
});

Deno.test("what chance can cause must have come out twice", () => {
  const missed = { a: "no packet seen" };
  for (
    const all of [[{ ...unobserved(), missed }, result("x.broken")], [result("x.broken"), {
      ...unobserved(),
      missed,
    }]]
  ) {
    const once = combined(all, conditionNames);
    assertEquals([once.conditions, once.missed], [["pathspider.not_observed"], missed]);
  }
  assertEquals(combined([result("x.broken"), result("x.broken")], conditionNames).conditions, [
    "x.broken",
  ]);
});

Deno.test("a target that is given up in a later repeat has no result", async () => {
  let left = 2;
  const once = () =>
    Promise.resolve(
      left-- > 0
        ? { result: result("x.works"), flows: [], jobs: null, missed: [], retried: false }
        : null,
    );
  assertEquals(await repeated(once, 3, conditionNames), null);
});

rootTest("repeats take turns, arms within them, with phases and without", async () => {
  await using lab = await TargetLab.open();
  const targets = lab.addresses("transparent", 4, 20);
  for (const how of [[], ["--isolate"]]) {
    const args = ["measure", "tcpopt", "--timeout", "1", "--repeat", "3", "--output-flows", ...how];
    const { code, out, err } = await lab.spider(args, { input: targets.join("\n") });
    assertEquals(code, 0, err);
    assertEquals(results(out).length, targets.length);
    assertMatch(err, /100\.0 % of the repeats of 20 targets {2}tsopt\.connectivity\.works/);
    for (const { conditions, repeats, agreement = {}, flow_results = [] } of results(out)) {
      assertEquals(conditions, TCPOPT_TRUTH["transparent"]);
      assertEquals(repeats, { observed: 3, total: 3 });
      assertEquals(Object.entries(agreement), conditions.map((condition) => [condition, 1]));
      const arms = ["none", "ts", "ws", "sack"];
      assertEquals(
        flow_results.map(({ arm, repeat }) => [repeat, arm]),
        [0, 1, 2].flatMap((repeat) => arms.map((arm) => [repeat, arm])),
      );
      const ends = [0, 1, 2].map((at) =>
        flow_results.filter(({ repeat }) => repeat === at).map(({ spdr_stop }) => spdr_stop).sort()
      );
      for (const at of [1, 2]) assert(ends[at]!.at(0)! >= ends[at - 1]!.at(-1)!);
      if (how.length > 0) continue;
      const inTime = flow_results.toSorted((a, b) => a.spdr_start < b.spdr_start ? -1 : 1);
      for (const [before, next] of inTime.slice(1).map((one, at) => [inTime[at]!, one] as const)) {
        assert(before.spdr_stop <= next.spdr_start, "one arm after the other");
      }
    }
  }
});

rootTest(
  "the manifest tells how far repeats agree, and results of others are not mixed in",
  async () => {
    await using lab = await TargetLab.open();
    const folder = Deno.makeTempDirSync();
    const output = `${folder}/results`;
    const measure = (...more: string[]) =>
      lab.spider(["measure", "ecn", "--output", output, ...more], {
        input: lab.addresses("transparent", 4, 3).join("\n"),
      });
    const { code, err } = await measure("--repeat", "2");
    assertEquals(code, 0, err);
    const manifest = JSON.parse(Deno.readTextFileSync(`${output}.manifest.json`));
    assertEquals(manifest.options.repeat, 2);
    assertEquals(manifest.agreement["ecn.connectivity.works"], { targets: 3, share: 1 });
    const mixed = await measure("--resume");
    assertEquals(mixed.code, 1);
    assertMatch(
      mixed.err,
      /begun with ecn .* over tcp with repeat 2, and this run is ecn .* over tcp:/,
    );
    const [target] = results(Deno.readTextFileSync(output));
    assertEquals(target?.repeats, { observed: 2, total: 2 });
    assertEquals((await measure("--repeat", "2", "--resume")).code, 0);
    assertEquals(results(Deno.readTextFileSync(output)).length, 3);
    Deno.removeSync(folder, { recursive: true });
  },
);

rootTest("a path that loses every other SYN with ECN lets ECN through in each repeat", async () => {
  await using lab = await TargetLab.open();
  meddle(lab.routers[0]!, [
    "tcp flags & (syn|ack|ecn|cwr) == (syn|ecn|cwr) numgen inc mod 2 0 drop",
  ]);
  const { code, out, err } = await lab.spider([
    "measure",
    "ecn",
    "-w",
    "1",
    "--repeat",
    "2",
    "--output-flows",
  ], { input: lab.addresses("transparent", 4, 3).join("\n") });
  assertEquals(code, 0, err);
  assertEquals(results(out).length, 3);
  for (const { conditions, agreement, evidence } of results(out)) {
    const truth = ECN_TRUTH["transparent"].tcp;
    assertEquals(conditions, truth);
    assertEquals(agreement, Object.fromEntries(truth.map((condition) => [condition, 1])));
    assert(evidence!["ecn"]!.up < evidence!["ecn"]!.flows, "what was lost is reported");
  }
});

rootTest("repeats keep the safeguards: a limit of connections is no broken path", async () => {
  const found = await hindered({
    args: ["ecn", "--repeat", "2", "--timeout", "2"],
    families: [4],
    targets: { transparent: 10 },
    hindrance: "d",
  });
  for (const { conditions, agreement = {} } of found) {
    const all = [...conditions, ...Object.keys(agreement)];
    assert(!all.some((condition) => /broken|transient|offline/.test(condition)), all.join());
  }
});
