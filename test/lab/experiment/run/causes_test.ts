import { assertEquals, assertMatch } from "@std/assert";
import { causesOf, type Evidence } from "../../../../src/lab/experiment/run/causes.ts";

const result = (...conditions: string[]) => ({
  cell: "t",
  tester: "ecn",
  address: "10.20.0.1",
  conditions,
  flows: {},
  metrics: {},
});

const missed = [{ expectation: "must a", met: false, missed: 1, of: 1 }];

function causes(evidence: Partial<Evidence>, middlebox?: string) {
  return causesOf({
    cell: {
      id: "t",
      cell: middlebox === undefined ? {} : { middlebox },
      targets: { web: ["10.20.0.1"] },
      expectations: [],
    },
    testers: [],
    results: [result("ecn.connectivity.works")],
    expectations: missed,
    services: [],
    testerProblems: {},
    labFaults: [],
    lab: null,
    ...evidence,
  });
}

Deno.test("a service that died comes before everything that follows from it", () => {
  const found = causes({
    services: [{ name: "web", problem: "The service web had ended.", lastLines: ["x"], log: "" }],
    results: [result("ecn.connectivity.offline")],
  }, "drop");
  assertEquals(found.map(({ blame }) => blame), ["service", "path", "path"]);
  assertEquals(found[0]!.evidence, ["The service web had ended.", "x"]);
});

Deno.test("a middlebox that hit the baseline, loss, and what was not observed are told apart", () => {
  assertMatch(
    causes({ results: [result("ecn.connectivity.offline")] }, "drop")[0]!.cause,
    /baseline/,
  );
  const [unseen] = causes({ results: [result("pathspider.not_observed")] });
  assertEquals(unseen!.blame, "spider");
  assertMatch(unseen!.cause, / on 1 of 1 target\.$/);
  assertMatch(causes({}, "loss:20%")[0]!.cause, /lost/);
  assertMatch(causes({}, "ecn-clear")[0]!.cause, /ecn-clear treats the feature otherwise/);
});

Deno.test("nothing measured is no verdict on the path", () => {
  const found = causes({ results: [] });
  assertEquals(found.map(({ blame }) => blame), ["spider"]);
});

Deno.test("a network that was in trouble itself is named before the path", () => {
  const [first] = causes({ labFaults: ["The lab's program was too slow."] });
  assertEquals([first!.blame, first!.evidence], ["environment", [
    "The lab's program was too slow.",
  ]]);
});
