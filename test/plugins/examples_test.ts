import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { TargetLab } from "../lab/target_lab.ts";
import { rootTest } from "../lab/root.ts";
import { inProcess } from "../in_process.ts";
import { results } from "../spider.ts";

const path = (name: string) =>
  fileURLToPath(new URL(`../../plugins/examples/${name}.ts`, import.meta.url));

Deno.test("the examples pass their checks and their tests", async () => {
  for (const command of ["check", "test"]) {
    const { code, out } = await inProcess(["plugins", command, path("example"), path("template")]);
    assertEquals(code, 0, out);
  }
});

/** Measures with an example in a lab: one target that answers, one that is silent. */
async function measured(name: string) {
  await using lab = await TargetLab.open({ boxes: ["drop"] });
  const [up = "", silent = ""] = ["transparent", "drop"]
    .map((box) => lab.addresses(box, 4, 1)[0]!);
  const { code, out, err } = await lab.spider(
    ["measure", path(name), "-i", lab.interface, "--timeout", "1", "--output-flows"],
    {
      input: [up, silent].map((dip, rank) => JSON.stringify({ dip, rank, domain: "a.example" }))
        .join("\n"),
    },
  );
  assertEquals(code, 0, err);
  const found = new Map(results(out).map((result) => [result.dip, result]));
  return { up: found.get(up)!, silent: found.get(silent)!, err };
}

rootTest("example: two configurations that log, and a record of what the socket said", async () => {
  const { up, silent, err } = await measured("example");
  assertEquals(up.conditions, ["example.connectivity.works"]);
  assertEquals(silent.conditions, ["example.connectivity.offline"]);
  assertEquals([up.rank, up.domain], [0, "a.example"]);
  for (const [config, arm] of ["zero", "one"].entries()) {
    assert(err.includes(`configuration ${arm}: ${up.dip}\n`), err);
    const flow = up.flow_results![config] as unknown as Record<string, unknown>;
    assertEquals([flow.arm, flow.config, flow.spdr_state], [arm, config, 0]);
    assertEquals(flow.example_from, `${flow.sip} port ${flow.sp}`);
    assertEquals(flow.example_to, `${up.dip} port 80`);
    assertEquals(flow.example_packets, Number(flow.pkt_fwd) + Number(flow.pkt_rev));
    assert(Date.parse(String(flow.spdr_start)) <= Date.parse(String(flow.spdr_stop)));
  }
});

rootTest("template: every hook is there, and does nothing", async () => {
  const { up, silent } = await measured("template");
  assertEquals([up.conditions, silent.conditions], [["template.done"], ["template.done"]]);
});
