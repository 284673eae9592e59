import { assert, assertEquals, assertMatch } from "@std/assert";
import { run } from "../../src/host/run.ts";
import { Folder } from "../data/temporary.ts";
import { TargetLab } from "../lab/target_lab.ts";
import { StateDirectory } from "../host/state_directory.ts";
import { rootTest } from "../lab/root.ts";
import { outcome, results, start } from "../spider.ts";
import { until } from "../until.ts";
import { unanswered } from "./unanswered.ts";

/** What a measurement could leave in the client's namespace. */
function state(lab: TargetLab): string {
  return ["-4 rule", "-6 rule", "-4 route show table all", "-6 route show table all"]
    .map((words) => run("ip", ["-n", lab.client, ...words.split(" ")])).join("\n");
}

/** Starts a measurement whose input stays open, and feeds it. */
async function feed(lab: TargetLab, args: readonly string[], targets: readonly string[]) {
  const child = start(["measure", "ecn", ...args], { within: (line) => lab.exec(line) });
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(targets.join("\n") + "\n"));
  return { child, writer };
}

/** Whether the rule that sends marked sockets to the ECN routes is there. */
const hasRule = (lab: TargetLab) => run("ip", ["-n", lab.client, "rule"]).includes("fwmark");

rootTest(
  "after an interruption what is in flight is finished, written and cleaned up",
  async () => {
    await using lab = await TargetLab.open({ boxes: ["ecn-drop-syn"] });
    const before = state(lab);
    using folder = new Folder();
    const output = folder.put("results", new Uint8Array());
    const slow = lab.addresses("ecn-drop-syn", 4, 20);
    const { child, writer } = await feed(lab, ["--output", output], slow);
    // The rule is made before a target is read
    await until("some are in flight", () => unanswered(lab) > 0);
    assert(hasRule(lab));
    child.kill("SIGINT");
    const ended = await outcome(child);
    writer.abort().catch(() => {}); // its reader is gone
    assertEquals(ended.code, 130);
    assertMatch(ended.err, /interrupted/);
    const found = results(Deno.readTextFileSync(output));
    assert(found.length > 0);
    for (const { conditions } of found) assertEquals(conditions, ["ecn.connectivity.broken"]);
    assertEquals(state(lab), before);
  },
);

rootTest("a second interruption ends at once and cleans up too", async () => {
  await using lab = await TargetLab.open({ boxes: ["drop"] });
  const before = state(lab);
  const args = ["--timeout", "3000"];
  const { child, writer } = await feed(lab, args, lab.addresses("drop", 4, 5));
  await until("the rule is there", () => hasRule(lab));
  const ended = outcome(child);
  child.kill("SIGINT");
  // It is unknown when the first was handled: repeat until the second is
  const again = setInterval(() => {
    try {
      child.kill("SIGINT");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has ended
    }
  }, 200);
  assertEquals((await ended).code, 130);
  clearInterval(again);
  writer.abort().catch(() => {});
  assertEquals(state(lab), before);
});

rootTest(
  "what a killed run left is named, and put back by doctor and by the next run",
  async () => {
    await using lab = await TargetLab.open({ boxes: ["drop"] });
    using _directory = new StateDirectory();
    const before = state(lab);
    const kill = async () => {
      const { child, writer } = await feed(lab, [], lab.addresses("drop", 4, 1));
      await until("the rule is there", () => hasRule(lab));
      child.kill("SIGKILL");
      await outcome(child);
      writer.abort().catch(() => {});
      assert(state(lab) !== before);
    };

    await kill();
    const found = await lab.spider(["doctor"]);
    assertEquals(found.code, 1);
    assertMatch(found.out, /rule/);
    const restored = await lab.spider(["doctor", "--restore"]);
    assertEquals(restored.code, 0);
    assertEquals(state(lab), before);
    assertEquals((await lab.spider(["doctor"])).code, 0);

    await kill();
    const input = lab.addresses("transparent", 4, 1).join();
    const next = await lab.spider(["measure", "ecn"], { input });
    assertEquals(next.code, 0, next.err);
    assertEquals(results(next.out)[0]?.conditions[0], "ecn.connectivity.works");
    assertEquals(state(lab), before);
  },
);

rootTest("a lost address ends a run that waits for flows of settled targets", async () => {
  await using lab = await TargetLab.open();
  // A flow that comes up in the second turn settles a target whose first one still waits
  lab.lose(1, 3);
  using folder = new Folder();
  const output = folder.put("results", new Uint8Array());
  const { child, writer } = await feed(
    lab,
    ["--output", output, "-w", "200"],
    lab.addresses("transparent", 4, 200),
  );
  await until("verdicts", () => Deno.readTextFileSync(output).split("\n").length > 150);
  run("ip", ["-n", lab.client, "address", "flush", "dev", lab.interface]);
  const stuck = setTimeout(() => child.kill("SIGKILL"), 60_000);
  const ended = await outcome(child);
  clearTimeout(stuck);
  writer.abort().catch(() => {}); // its reader is gone
  assertEquals(ended.code, 1, ended.err);
  assertMatch(ended.err, /no IPv4 address on eth0/);
});
