import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { TargetLab } from "../lab/target_lab.ts";
import { readManifest } from "../../src/result/run_manifest.ts";
import { Folder } from "../data/temporary.ts";
import { StateDirectory } from "../host/state_directory.ts";
import { rootTest } from "../lab/root.ts";
import { outcome, results, spider, start } from "../spider.ts";
import { until } from "../until.ts";

/** Lines of a file that is being written. */
const lines = (path: string) => {
  try {
    return Deno.readTextFileSync(path).split("\n").length - 1;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
};

for (const signal of ["SIGKILL", "SIGINT"] as const) {
  rootTest(`a run ended by ${signal} is resumed: no target twice, none lost`, async () => {
    await using lab = await TargetLab.open();
    using _state = new StateDirectory();
    using folder = new Folder();
    const targets = lab.addresses("transparent", 4, 3000);
    const input = folder.put("targets", new TextEncoder().encode(targets.join("\n")));
    const output = folder.at("results");
    const within = (line: readonly string[]) => lab.exec(line);
    const args = ["measure", "mss", "-w", "50", "--input", input, "--output", output];
    // Slow enough to be still under way when this process sees the results
    const first = start([...args, "--rate", "100"], { within });
    const ended = outcome(first);
    await until("results come", () => lines(output) > 100);
    // The process that was started is `ip netns exec`, which has become the program itself
    first.kill(signal);
    await ended;
    const before = lines(output);
    assert(before < targets.length, "the run ended before it was to be interrupted");
    if (signal === "SIGINT") {
      const { status, targets: counts } = readManifest(`${output}.manifest.json`)!;
      assertEquals([status, counts.done, counts.given_up], ["interrupted", before, 0]);
    } else {
      const other = await lab.spider(["measure", "ecn", ...args.slice(2), "--resume"]);
      assertMatch(other.err, /was begun with mss 1\.0\.0 over tcp, and this run is ecn/);
      // As when the machine lost its power in the middle of a line
      Deno.writeTextFileSync(output, '{"dip":"10.20.128.1","dp":8', { append: true });
    }
    const again = await lab.spider([...args, "--resume"]);
    assertEquals(again.code, 0, again.err);
    assertMatch(
      again.err,
      new RegExp(`${before.toLocaleString("en-US")} targets had been measured before`),
    );
    const found = results(folder.text("results"));
    assertEquals(found.map(({ dip }) => dip).sort(), [...targets].sort());
    const manifest = readManifest(`${output}.manifest.json`)!;
    assertEquals(manifest.status, "complete");
    assertEquals(manifest.targets, {
      read: targets.length,
      skipped: 0,
      already_done: before,
      done: targets.length - before,
      given_up: 0,
    });
    assertEquals(manifest.conditions["mss.connectivity.online"], targets.length);
    assertEquals(
      manifest.earlier.map(({ status }) => status),
      [signal === "SIGINT" ? "interrupted" : "running"],
    );
  });
}

rootTest("what was begun otherwise is not resumed", async () => {
  await using lab = await TargetLab.open();
  using folder = new Folder();
  const [target] = lab.addresses("transparent", 4, 1);
  const args = ["--output", folder.at("results"), "--resume"];
  const input = `${target}\n`;
  assertEquals((await lab.spider(["measure", "mss", ...args], { input })).code, 0);
  const before = folder.text("results");
  const other = await lab.spider(["measure", "mss", "--mss", "1000", ...args], { input });
  assertEquals(other.code, 1);
  assertMatch(
    other.err,
    /was begun with mss 1\.0\.0 over tcp, and this run is mss 1\.0\.0 over tcp with mss 1000:/,
  );
  assertEquals(folder.text("results"), before);
  const nowhere = await lab.spider(["measure", "mss", "--resume"], { input });
  assertEquals(nowhere.code, 2);
  assertMatch(nowhere.err, /--resume needs the --output FILE/);
});

rootTest("without its manifest, results of another spider are not resumed", async () => {
  await using lab = await TargetLab.open();
  using folder = new Folder();
  const targets = lab.addresses("transparent", 4, 2);
  const args = ["--output", folder.at("results"), "--resume"];
  const measure = (name: string, input: string) =>
    lab.spider(["measure", name, ...args], { input });
  assertEquals((await measure("ecn", targets[0]!)).code, 0);
  Deno.removeSync(folder.at("results.manifest.json"));
  const before = folder.text("results");
  const other = await measure("dscp", targets.join("\n"));
  assertEquals(other.code, 1);
  assertMatch(
    other.err,
    /line 1 of .*results has the condition "ecn\.connectivity\.works", which dscp does not give/,
  );
  assertEquals([folder.text("results"), folder.has("results.manifest.json")], [before, false]);
  assertEquals((await measure("ecn", targets.join("\n"))).code, 0);
  assertEquals(results(folder.text("results")).map(({ dip }) => dip), targets);
});

rootTest("a manifest says how the run was made and what became of it", async () => {
  await using lab = await TargetLab.open({ boxes: ["drop"] });
  using folder = new Folder();
  const [up] = lab.addresses("transparent", 4, 1);
  const [six] = lab.addresses("drop", 6, 1);
  const { code, err } = await lab.spider([
    ...["measure", "mss", "--timeout", "1", "--output", folder.at("results")],
    ...["--manifest", folder.at("manifest")],
  ], { input: `${up}\nnonsense!\n${six}\nmore nonsense!\n` });
  assertEquals(code, 0, err);
  const manifest = readManifest(folder.at("manifest"))!;
  assertEquals(manifest.spider, {
    name: "mss",
    version: "1.0.0",
    options: {},
    connect: "tcp",
    arms: ["mss"],
  });
  assertEquals(manifest.targets, { read: 4, skipped: 2, already_done: 0, done: 2, given_up: 0 });
  assertEquals(manifest.skipped, { "... is not an IPv4 or IPv6 address": 2 });
  assertEquals(manifest.interface?.name, lab.interface);
  assertEquals(manifest.kernel, Deno.osRelease());
  assertEquals(manifest.status, "complete");
  assertEquals(manifest.conditions["mss.connectivity.offline"], 1);
  assert(manifest.packets.received > 3);
  assert(manifest.started < manifest.ended);
  assertEquals(folder.has("results.manifest.json"), false);
});

rootTest("a full disk ends the run with one sentence, and its manifest says so", async () => {
  await using lab = await TargetLab.open();
  using folder = new Folder();
  const input = lab.addresses("transparent", 4, 50).join("\n");
  const { code, err } = await lab.spider([
    ...["measure", "mss", "--output", "/dev/full", "--manifest", folder.at("manifest")],
  ], { input });
  assertEquals(code, 1);
  assertMatch(err, /spider: cannot write \/dev\/full: /);
  const manifest = readManifest(folder.at("manifest"))!;
  assertEquals(manifest.status, "failed");
  assertMatch(manifest.error ?? "", /cannot write \/dev\/full/);
  assertEquals([manifest.targets.done, manifest.targets.given_up], [0, 50]);
});

rootTest("results and manifest go over nothing that is read, and not over each other", async () => {
  await using lab = await TargetLab.open();
  using folder = new Folder();
  const list = `${lab.addresses("transparent", 4, 1)}\n`;
  const input = folder.put("list", new TextEncoder().encode(list));
  const output = folder.at("results");
  const cases: [string[], string][] = [
    [["--input", input, "--manifest", input], `${input} is the input itself`],
    [["--output", output, "--manifest", output], "go to the same place"],
    [["--output", output, "--manifest", `${folder.path}/./results`], "go to the same place"],
    [["--output", input], `${input} is the input itself`],
    [["--output", output, "--manifest", input], `${input} is the input itself`],
    [["--output", output, "--manifest", folder.at("no/where")], "there is no such file or folder"],
  ];
  for (const [args, message] of cases) {
    const within = (line: readonly string[]) =>
      lab.exec(["bash", "-c", '"$@" <"$0"', input, ...line]);
    const { code, err } = await spider(["measure", "mss", ...args], { within });
    assert(code > 0);
    assertStringIncludes(err, message);
    assertEquals(folder.text("list"), list);
    assertEquals(folder.has("results"), false);
  }
});
