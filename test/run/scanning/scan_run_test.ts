import { assert, assertEquals, assertMatch } from "@std/assert";
import { run } from "../../../src/host/run.ts";
import { readManifest } from "../../../src/result/run_manifest.ts";
import { Folder } from "../../data/temporary.ts";
import { ECN_TRUTH } from "../../lab/ecn_truth.ts";
import { rootTest } from "../../lab/root.ts";
import { TargetLab } from "../../lab/target_lab.ts";
import { results } from "../../spider.ts";
import { doRun, endOf, type RunEvent, runLine } from "../start.ts";

/** Prefixes of targets behind the middlebox, and behind none. */
const BOX = "10.20.2.0/27";
const CLEAN = "10.20.128.0/24";
const CLEAN_SIX = "fd53:7069:6465:20::1:0/122";
const BOX_SIX = "fd53:7069:6465:20::2:0/124";

interface Line {
  readonly dip: string;
  readonly dp: number;
  readonly method: string;
  readonly conditions: readonly string[];
}

const linesOf = (events: readonly RunEvent[]) =>
  events.flatMap(({ result }) => result ?? []) as unknown as Line[];

/** What `measure` says of a target, by the prefix that it is in. */
function truthOf({ dip }: Line): readonly string[] {
  const boxed = dip.startsWith("10.20.2.") || dip.startsWith("fd53:7069:6465:20::2:");
  return ECN_TRUTH[boxed ? "ecn-drop-syn" : "transparent"].tcp;
}

function assertTruth(lines: readonly Line[]): void {
  for (const line of lines) {
    assertEquals([...line.conditions].sort(), [...truthOf(line)].sort(), line.dip);
  }
}

/** How many different targets lines have; each target has one line. */
function distinct(lines: readonly Line[]): number {
  const { size } = new Set(lines.map(({ dip, dp }) => `${dip} ${dp}`));
  assertEquals(lines.length, size);
  return size;
}

const outcomeOf = (events: readonly RunEvent[]) =>
  // deno-lint-ignore no-explicit-any
  (endOf(events) as any).outcome ?? assert(false, JSON.stringify(endOf(events)));

rootTest(
  "every target has its verdict, and what differs is found out by a measurement",
  async () => {
    await using lab = await TargetLab.open({ boxes: ["ecn-drop-syn"] });
    const within = (line: readonly string[]) => lab.exec(line);
    const prefixes = [BOX, CLEAN, BOX_SIX, CLEAN_SIX];
    const request = {
      spider: "ecn",
      prefixes,
      ports: [{ first: 80, last: 80 }],
      confirmRate: 1000,
    };
    const all = 32 + 256 + 16 + 64;
    const events = await doRun("scan", request, { within });
    const lines = linesOf(events);
    assertTruth(lines);
    assertEquals(distinct(lines), all);
    for (const line of lines) {
      const works = line.conditions.includes("ecn.connectivity.works");
      assertEquals(line.method, works ? "scan" : "measure", line.dip);
    }
    const { targets, sent, failed, answered, drops, passed, confirming, results } = outcomeOf(
      events,
    );
    assertEquals({ targets, sent, failed, answered, drops, confirming, results }, {
      ...{ targets: all, sent: 2 * all, failed: 0, answered: all, drops: 0, results: all },
      confirming: { waiting: 0, done: 48 },
    });
    assertEquals(Object.values(passed).every((count) => count === 0), true);

    const without = await doRun("scan", { ...request, confirm: false }, { within });
    const found = linesOf(without);
    assertEquals(distinct(found), all, JSON.stringify(endOf(without)));
    assertTruth(found);
    assertEquals(found.every(({ method }) => method === "scan"), true);
    assertEquals(outcomeOf(without).confirming, null);
  },
);

/** Does a run until it says that it is under way, and kills it. */
async function killed(request: unknown, lab: TargetLab): Promise<void> {
  const [program = "", ...args] = lab.exec(runLine("scan", request));
  const child = new Deno.Command(program, { args, stdin: "piped", stdout: "piped" }).spawn();
  let text = "";
  for await (const piece of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += piece;
    if (text.includes("underWay")) child.kill("SIGKILL");
  }
  await child.stdin.close().catch(() => {}); // it has ended
  assertEquals((await child.status).signal, "SIGKILL", text);
}

rootTest(
  "a scan that is interrupted, and one that is killed, go on to each target exactly once",
  async () => {
    await using lab = await TargetLab.open({ boxes: ["ecn-drop-syn"] });
    using folder = new Folder();
    const within = (line: readonly string[]) => lab.exec(line);
    const output = folder.at("results");
    const request = (resume: boolean) => ({
      ...{ spider: "ecn", prefixes: [BOX, "10.20.128.0/22"], ports: [{ first: 80, last: 80 }] },
      ...{ rate: 400, confirmRate: 1000, files: { output, resume } },
    });
    const stopped = await doRun("scan", request(false), {
      within,
      ends: (events) => events.some(({ underWay }) => underWay === true),
    });
    const first = outcomeOf(stopped);
    const status = readManifest(`${output}.manifest.json`)!;
    assertEquals([status.status, first.targets < 1056], ["interrupted", true]);
    // What was sent has been concluded, so that the next run goes on behind it
    assertEquals(status.scan!.position > 0, true);
    await killed(request(true), lab);
    assertEquals(readManifest(`${output}.manifest.json`)!.status, "running");
    assertEquals(folder.has("results.confirm"), true);
    const last = outcomeOf(await doRun("scan", request(true), { within }));
    const lines = results(folder.text("results")) as unknown as Line[];
    assertEquals(distinct(lines), 1056);
    assertTruth(lines);
    assertEquals(lines.filter(({ method }) => method === "measure").length, 32);
    // Nothing waits any more, and not all was sent again
    assertEquals(folder.has("results.confirm"), false);
    assert(last.targets < 1056 - first.targets + 1, JSON.stringify(last));
    const manifest = readManifest(`${output}.manifest.json`)!;
    assertEquals([manifest.status, manifest.earlier.length], ["complete", 2]);
    assertEquals(manifest.conditions["ecn.connectivity.broken"], 32);

    const others = endOf(await doRun("scan", { ...request(true), prefixes: [CLEAN] }, { within }));
    assertMatch(
      String(others.error),
      /was begun with prefixes .*, and this run has .*: give the same/,
    );
  },
);

rootTest(
  "a disk that is full ends it with a sentence, and so does the interface that goes down",
  async () => {
    await using lab = await TargetLab.open();
    using folder = new Folder();
    const within = (line: readonly string[]) => lab.exec(line);
    const request = (output: string, resume = false) => ({
      ...{ spider: "ecn", prefixes: ["10.20.128.0/22"], ports: [{ first: 80, last: 80 }] },
      ...{ rate: 400, files: { output, resume } },
    });
    const full = endOf(await doRun("scan", request("/dev/full"), { within }));
    assertMatch(String(full.error), /^cannot write \/dev\/full: /);

    const output = folder.at("results");
    let down = false;
    const events = await doRun("scan", request(output), {
      within,
      ends: (events) => {
        if (!down && events.some(({ underWay }) => underWay === true)) {
          down = true;
          run("ip", ["-n", lab.client, "link", "set", lab.interface, "down"]);
        }
        return false;
      },
    });
    assertMatch(String(endOf(events).error), new RegExp(`interface ${lab.interface} .*down`));
    assertEquals(readManifest(`${output}.manifest.json`)!.status, "failed");
    run("ip", ["-n", lab.client, "link", "set", lab.interface, "up"]);
    run("ip", ["-n", lab.client, "route", "add", "default", "via", "100.64.0.2"]);
    const { results: added } = outcomeOf(await doRun("scan", request(output, true), { within }));
    const lines = results(folder.text("results")) as unknown as Line[];
    assertEquals(distinct(lines), 1024);
    assertTruth(lines);
    assert(added < 1024);
  },
);

rootTest(
  "targets that never answer are counted, and have a line where one was asked for",
  async () => {
    await using lab = await TargetLab.open({ boxes: ["drop"] });
    const within = (line: readonly string[]) => lab.exec(line);
    const prefixes = ["10.20.2.0/28", "fd53:7069:6465:20::2:0/126"];
    const request = { spider: "ecn", prefixes, ports: [{ first: 80, last: 80 }], confirm: false };
    const silent = await doRun("scan", request, { within });
    assertEquals(linesOf(silent), []);
    const { targets, answered, results } = outcomeOf(silent);
    assertEquals({ targets, answered, results }, { targets: 20, answered: 0, results: 0 });
    const told = linesOf(await doRun("scan", { ...request, outputOffline: true }, { within }));
    assertEquals(distinct(told), 20);
    for (const { conditions } of told) assertEquals(conditions, ["ecn.connectivity.offline"]);
  },
);

rootTest("a probe that the kernel does not take makes no verdict", async () => {
  await using lab = await TargetLab.open();
  const within = (line: readonly string[]) => lab.exec(line);
  // SYNs with ECE and CWR to four targets, which the other arm's get to
  for (
    const command of [
      "add table netdev refuses",
      `add chain netdev refuses out { type filter hook egress device ${lab.interface} priority 0; }`,
      "add rule netdev refuses out ip daddr 10.20.128.0/30 tcp flags & (ecn | cwr) == ecn | cwr drop",
    ]
  ) run("ip", ["netns", "exec", lab.client, "nft", command]);
  const request = {
    ...{ spider: "ecn", prefixes: ["10.20.128.0/28"], ports: [{ first: 80, last: 80 }] },
    ...{ confirm: false, outputOffline: true },
  };
  const events = await doRun("scan", request, { within });
  const lines = linesOf(events);
  assertEquals(distinct(lines), 12);
  assertTruth(lines);
  const { failed, passed } = outcomeOf(events);
  assertEquals([failed, passed.unsent], [4, 4]);
  assertMatch(
    String(events.flatMap(({ warned }) => warned ?? [])),
    /the kernel refused probes to 4 targets \(ENOBUFS\), so nothing is concluded about them/,
  );
});

rootTest("two scans from the same ports tell their answers apart", async () => {
  await using lab = await TargetLab.open();
  const within = (line: readonly string[]) => lab.exec(line);
  const request = {
    ...{ spider: "ecn", prefixes: [CLEAN], ports: [{ first: 80, last: 80 }] },
    // So many that both seldom have the same port to a target at the same time
    ...{ sourcePorts: { first: 20_000, last: 22_999 }, rate: 500 },
  };
  const both = await Promise.all([1, 2].map(() => doRun("scan", request, { within })));
  for (const events of both) {
    const lines = linesOf(events);
    assertEquals(distinct(lines), 256);
    assertTruth(lines);
  }
  // Each has seen answers to the other, or one was over before the other had begun
  const foreign = both.map((events) => outcomeOf(events).kinds.foreign);
  assert(foreign.every((count) => count <= 512), JSON.stringify(foreign));
});
