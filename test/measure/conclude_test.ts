import { assertEquals, assertRejects } from "@std/assert";
import { Failure } from "../../src/host/failure.ts";
import { conclude, missedFlows } from "../../src/measure/conclude.ts";
import { helpers } from "../../src/measure/helpers.ts";
import { ConditionNames } from "../../src/measure/condition_names.ts";
import type { MergedFlow, Spider } from "../../src/mod.ts";
import { flow } from "../data/flow.ts";

const { connectivity, tcpFlags } = helpers;

const unobserved: MergedFlow = { ...flow(), observed: false, missed: "no packet seen" };

function spider(emits: readonly string[]): Spider {
  return {
    kind: "spider",
    name: "probe",
    version: "1.0.0",
    api: "^1",
    summary: "for tests",
    connect: ["tcp"],
    chains: [],
    arms: [{ name: "a" }, { name: "b" }],
    conditions: { "x.works": "it works", "x.N.mark:M": "with values" },
    conclude: () => emits,
  };
}

function concluded(emits: readonly string[], flows: readonly MergedFlow[] = [flow(), flow()]) {
  const tested = spider(emits);
  return conclude(tested, new ConditionNames(tested, {}), flows, {});
}

Deno.test("two arms' success has four names", () => {
  assertEquals(connectivity(true, true), "works");
  assertEquals(connectivity(true, false), "broken");
  assertEquals(connectivity(false, true), "transient");
  assertEquals(connectivity(false, false), "offline");
});

Deno.test("the flag bits are those of RFC 9293", () => {
  const { FIN, SYN, RST, PSH, ACK, URG, ECE, CWR } = tcpFlags;
  assertEquals([FIN, SYN, RST, PSH, ACK, URG, ECE, CWR], [1, 2, 4, 8, 16, 32, 64, 128]);
});

Deno.test("a spider is not asked when an arm was not observed", async () => {
  const conditions = await concluded(["x.works"], [flow(), unobserved]);
  assertEquals(conditions, ["pathspider.not_observed", "pathspider.missed_flows:1"]);
  assertEquals(missedFlows([unobserved, unobserved]), 2);
});

Deno.test("declared conditions pass, with values in the places of single capitals", async () => {
  const emits = [
    "x.works",
    "x.46.mark:0",
    "x.4.6.mark:1",
    "x.TLS 1.3.mark:a:b",
    "pathspider.not_observed",
  ];
  assertEquals(await concluded(emits), emits);
});

Deno.test("a condition that was not declared is the plugin's fault", async () => {
  for (
    const wrong of ["x.worksnot", "x.works:1", "xxworks", "x.46.mark:", "x..mark:1", "x.4\n.mark:1"]
  ) {
    await assertRejects(() => concluded([wrong]), Failure, "does not declare");
  }
});
