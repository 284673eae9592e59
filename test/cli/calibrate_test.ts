import { assert, assertEquals, assertMatch } from "@std/assert";
import { calibrationText } from "../../src/cli/commands/measure/calibrate.ts";
import { connectionTypeNamed } from "../../src/connect/registry.ts";
import type { SpiderOf, Target } from "../../src/mod.ts";
import { bestOf, calibrationTargets, type Level, levelsUpTo } from "../../src/run/calibrate.ts";
import { run } from "../../src/host/run.ts";
import { TargetLab } from "../lab/target_lab.ts";
import { rootTest } from "../lab/root.ts";

const level = (workers: number, speed: number, missed = 0, drops = 0): Level => ({
  workers,
  targets: 1000,
  seconds: 1000 / speed,
  missed,
  unobserved: missed,
  reasons: missed > 0 ? { "ports taken": missed } : {},
  drops,
});

Deno.test("levels rise up to the most, which is one of them", () => {
  assertEquals(levelsUpTo(150), [10, 20, 50, 100, 150]);
  assertEquals(levelsUpTo(20), [10, 20]);
  assertEquals(levelsUpTo(1), [1]);
});

Deno.test("the best level is the fastest without a gap, not the highest", () => {
  const levels = [level(10, 500), level(20, 900), level(50, 800), level(100, 2000, 3)];
  assertEquals(bestOf(levels)?.workers, 20);
  const text = calibrationText(levels);
  assertMatch(
    text,
    /20 targets at once without a gap: -w 20\. With 100 there were gaps \(ports taken\)\./,
  );
  assertMatch(text, /\n +20 +1,000 +900 +0 +0\n/);
  assertEquals(bestOf([level(10, 500, 0, 7)]), null);
  assertMatch(calibrationText([level(10, 500, 0, 7)]), /Even with the fewest/);
});

Deno.test("a host on which no target was observed is not taken for a good one", () => {
  const blind = { ...level(10, 500), unobserved: 1000 };
  assertEquals(bestOf([blind]), null);
  assertMatch(calibrationText([blind]), /Of 1,000 targets not one was observed: see spider doctor/);
});

Deno.test("targets that a spider skips are left out, also where it answers later, in a worker", async () => {
  const skip = ({ dip = "" }) => Promise.resolve(dip.endsWith(".9") ? "nine" : null);
  const needs = {
    spider: { kind: "spider", name: "late", skip } as unknown as SpiderOf<Target>,
    spiderOptions: {},
    connect: connectionTypeNamed("tcp"),
    device: null,
  };
  const stream = ReadableStream.from([new TextEncoder().encode("192.0.2.8\n192.0.2.9\n")]);
  const input = { name: "a list", size: null, stream };
  assertEquals(await calibrationTargets(needs, { input, csv: false }), [
    { dip: "192.0.2.8", dp: 80 },
  ]);
});

rootTest("a host is calibrated on targets that answer", async () => {
  await using lab = await TargetLab.open();
  const input = lab.addresses("transparent", 4, 100).join("\n");
  const args = ["measure", "mss", "--calibrate", "-w", "50", "--json"];
  const { code, out, err } = await lab.spider(args, { input });
  assertEquals(code, 0, err);
  const { workers, levels } = JSON.parse(out);
  assertEquals(levels.map((one: Level) => one.workers), [10, 20, 50]);
  assertEquals(levels.map((one: Level) => one.targets), [200, 400, 1000]);
  assertEquals(levels.map((one: Level) => one.missed + one.drops), [0, 0, 0]);
  assert([10, 20, 50].includes(workers));
});

rootTest("a host that runs out of ports is told so by the level", async () => {
  await using lab = await TargetLab.open();
  run("ip", [
    ...["netns", "exec", lab.client],
    ...["sysctl", "-qw", "net.ipv4.ip_local_port_range=40000 40029"],
  ]);
  // One address: every connection needs a port of its own
  const input = lab.addresses("transparent", 4, 1).join("\n");
  const args = ["measure", "mss", "--calibrate", "-w", "500"];
  const { code, out, err } = await lab.spider(args, { input });
  assertMatch(out, /there were gaps \(not begun \(EADDRNOTAVAIL\)/, err);
  assert(code === 0 || code === 1);
});
