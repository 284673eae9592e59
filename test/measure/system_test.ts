import { assertEquals, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";
import { attempt, run } from "../../src/host/run.ts";
import { TargetLab } from "../lab/target_lab.ts";
import { atOnce } from "../at_once.ts";
import { StateDirectory } from "../host/state_directory.ts";
import { rootTest } from "../lab/root.ts";
import { TCPOPT_TRUTH } from "../lab/tcpopt_truth.ts";
import { outcome, results, start } from "../spider.ts";
import { until } from "../until.ts";
import { unanswered } from "./unanswered.ts";

/** What `spider measure` may change in a namespace. */
function machine(lab: TargetLab): string {
  const views = [
    ...["-4 rule", "-6 rule", "-4 route show table all", "-6 route show table all"],
    ...["-o link", "-o addr"],
  ];
  const script = [
    ...views.map((words) => `ip ${words}`),
    "nft list ruleset",
    // Some settings may only be written
    "grep -rs . /proc/sys/net/ipv4 /proc/sys/net/ipv6 || true",
  ].join("\n");
  return run("ip", ["netns", "exec", lab.client, "sh", "-ec", script]);
}

/** The namespaces that a process has made for --isolate. */
function spaces({ pid }: Deno.ChildProcess): readonly string[] {
  return run("ip", ["netns", "list"]).match(new RegExp(`spider-iso-${pid}-\\d+`, "g")) ?? [];
}

const OPTIONS = ["timestamps", "window_scaling", "sack"];

/** The settings for timestamps, window scaling and SACK, as digits. */
function settings(lab: TargetLab): string {
  const read = (name: string) => Deno.readTextFileSync(`/proc/sys/net/ipv4/tcp_${name}`).trim();
  return lab.inside(() => OPTIONS.map(read).join(""));
}

/** The seed with which the phases of the first batch come in the order of the arms. */
const IN_THEIR_ORDER = "104";

/** Starts a measurement of TCP options whose input stays open, and feeds it. */
async function feed(lab: TargetLab, args: readonly string[], targets: readonly string[]) {
  const words = ["measure", "tcpopt", "--seed", IN_THEIR_ORDER, ...args];
  const child = start(words, { within: (line) => lab.exec(line) });
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(targets.join("\n") + "\n"));
  return { child, close: () => writer.abort().catch(() => {}) }; // its reader may be gone
}

/** The settings in each phase; the host's own are "111". */
const PHASES = ["000", "100", "010", "001"];

/** Kills a measurement in a phase. It may have gone on before it is hit: then another one is killed. */
async function killIn(lab: TargetLab, phase: string): Promise<void> {
  const dead = lab.addresses("drop", 4, 3);
  for (let tries = 0; tries < 5; tries++) {
    const { child, close } = await feed(lab, ["--timeout", "1"], dead);
    await until(`phase ${phase}`, () => settings(lab) === phase);
    child.kill("SIGKILL");
    await outcome(child);
    close();
    if (settings(lab) === phase) return;
    await lab.spider(["doctor", "--restore"]);
  }
  throw new Error(`no measurement was killed in phase ${phase}`);
}

rootTest(
  "killed in any phase, the settings are put back by doctor and by the next run",
  async () => {
    using _directory = new StateDirectory();
    await using lab = await TargetLab.open({ boxes: ["drop"] });
    const before = machine(lab);
    for (const [at, phase] of PHASES.entries()) {
      await killIn(lab, phase);
      if (at % 2 === 0) {
        const found = await lab.spider(["doctor"]);
        assertEquals(found.code, 1);
        // It breaks its lines where they would be long
        assertMatch(found.out.replace(/\s+/g, " "), /setting of net\.ipv4\.tcp_sack \(it was 1\)/);
        assertEquals((await lab.spider(["doctor", "--restore"])).code, 0);
      } else {
        const input = lab.addresses("transparent", 4, 1).join();
        const next = await lab.spider(["measure", "tcpopt"], { input });
        assertEquals(next.code, 0, next.err);
        assertEquals(results(next.out)[0]?.conditions, TCPOPT_TRUTH["transparent"]);
      }
      assertEquals(machine(lab), before, `after phase ${phase}`);
    }
  },
);

rootTest("killed with --isolate, all is removed by the next run", async () => {
  using _directory = new StateDirectory();
  await using lab = await TargetLab.open({ boxes: ["drop"] });
  const before = machine(lab);
  const { child, close } = await feed(lab, ["--isolate"], lab.addresses("drop", 4, 3));
  const tables = () => run("ip", ["netns", "exec", lab.client, "nft", "list", "tables"]);
  await until("four clones", () => tables().trim().split("\n").length === 4);
  assertEquals(settings(lab), "111", "the host is as it was");
  child.kill("SIGKILL");
  await outcome(child);
  close();
  assertEquals(spaces(child).length, 4);
  const input = lab.addresses("transparent", 4, 1).join();
  const next = await lab.spider(["measure", "tcpopt", "--isolate"], { input });
  assertEquals(next.code, 0, next.err);
  assertMatch(next.err, /Removed the network namespace spider-iso-/);
  assertEquals(results(next.out)[0]?.conditions, TCPOPT_TRUTH["transparent"]);
  assertEquals(machine(lab), before);
});

rootTest(
  "interrupted before the last phase, targets are given up; in it, those are finished that need no more",
  async () => {
    using _directory = new StateDirectory();
    await atOnce(PHASES.length, [...PHASES.entries()], async ([at, phase]) => {
      await using lab = await TargetLab.open({ boxes: ["drop"] });
      const before = machine(lab);
      // Silence needs another turn, which does not come any more
      const targets = [...lab.addresses("transparent", 6, 3), ...lab.addresses("drop", 4, 3)];
      const { child, close } = await feed(lab, ["--timeout", "2"], targets);
      // With the connections of the phase, of which those to silent targets are the last
      await until(
        `phase ${phase}`,
        () => settings(lab) === phase && unanswered(lab) === 3,
      );
      child.kill(at % 2 === 0 ? "SIGINT" : "SIGTERM");
      const ended = await outcome(child);
      close();
      assertEquals(ended.code, 130, ended.err);
      assertEquals(machine(lab), before);
      const last = at === PHASES.length - 1;
      assertEquals(results(ended.out).length, last ? 3 : 0, phase);
      for (const { conditions } of results(ended.out)) {
        assertEquals(conditions, TCPOPT_TRUTH["transparent"]);
      }
      assertMatch(ended.err, last ? /Finishing 6 targets/ : /Giving up 6 targets/);
      assertMatch(
        ended.err,
        last ? /3 targets begun and given up/ : /6 targets begun and given up/,
      );
    });
  },
);

rootTest("what was given up is measured when the run is resumed", async () => {
  using _directory = new StateDirectory();
  await using lab = await TargetLab.open({ boxes: ["drop"] });
  const folder = Deno.makeTempDirSync();
  const output = `${folder}/results`;
  const targets = [...lab.addresses("drop", 4, 3), ...lab.addresses("transparent", 4, 3)];
  const { child, close } = await feed(lab, ["--timeout", "1", "--output", output], targets);
  await until("the second phase", () => settings(lab) === "100");
  child.kill("SIGINT");
  assertEquals((await outcome(child)).code, 130);
  close();
  const manifest = () => JSON.parse(Deno.readTextFileSync(`${output}.manifest.json`)).targets;
  assertEquals([manifest().done, manifest().given_up], [0, 6]);
  const again = ["measure", "tcpopt", "--timeout", "1", "--output", output, "--resume"];
  const ended = await lab.spider(again, { input: targets.join("\n") });
  assertEquals(ended.code, 0, ended.err);
  assertEquals([manifest().done, manifest().given_up], [6, 0]);
  const found = results(Deno.readTextFileSync(output)).map(({ dip }) => dip);
  assertEquals(found.toSorted(), targets.toSorted());
  Deno.removeSync(folder, { recursive: true });
});

rootTest("a second interruption puts the settings back at once", async () => {
  using _directory = new StateDirectory();
  await using lab = await TargetLab.open({ boxes: ["drop"] });
  const before = machine(lab);
  const args = ["--timeout", "3000", "--option", "sack", "--isolate"];
  for (const words of [args.slice(0, 4), args]) {
    const { child, close } = await feed(lab, words, lab.addresses("drop", 4, 3));
    await until("it measures", () => machine(lab) !== before);
    const ended = outcome(child);
    child.kill("SIGINT");
    // It is unknown when the first was handled: repeat until the second is
    const again = setInterval(() => {
      try {
        child.kill("SIGINT");
      } catch (error) {
        if (!(error instanceof TypeError)) throw error; // it has ended
      }
    }, 100);
    assertEquals((await ended).code, 130);
    clearInterval(again);
    close();
    assertEquals(machine(lab), before);
    assertEquals(spaces(child), []);
  }
});

rootTest("settings that something else changes in a phase give no verdict", async () => {
  using _directory = new StateDirectory();
  await using lab = await TargetLab.open({ boxes: ["drop"] });
  const targets = [...lab.addresses("transparent", 4, 5), ...lab.addresses("drop", 4, 1)];
  const { child, close } = await feed(lab, ["--timeout", "2"], targets);
  await until("the last phase", () => settings(lab) === "001");
  run("ip", ["netns", "exec", lab.client, "sysctl", "-qw", "net.ipv4.tcp_window_scaling=3"]);
  const ended = await outcome(child);
  close();
  assertEquals([ended.code, ended.out], [1, ""]);
  assertMatch(ended.err, /something else .* set net\.ipv4\.tcp_window_scaling to 3 .* had it at 0/);
  assertEquals(settings(lab), "131", "what is somebody else's is left");
});

rootTest("of two spiders that change the same settings the second is refused", async () => {
  using _directory = new StateDirectory();
  await using lab = await TargetLab.open({ boxes: ["drop"] });
  // It has not ended before the others have begun, however slow they are
  const { child, close } = await feed(lab, ["--timeout", "3000"], lab.addresses("drop", 4, 1));
  await until("the first has begun", () => settings(lab) === "000");
  const input = lab.addresses("transparent", 4, 1).join();
  const second = await lab.spider(["measure", "tcpopt"], { input });
  assertEquals([second.code, second.out], [1, ""]);
  assertMatch(second.err, /another spider, process \d+, holds net\.ipv4\.tcp_/);
  const isolated = await lab.spider(["measure", "tcpopt", "--isolate"], { input });
  assertEquals(results(isolated.out)[0]?.conditions, TCPOPT_TRUTH["transparent"], isolated.err);
  child.kill("SIGKILL");
  await outcome(child);
  close();
});

rootTest(
  "an interface that loses its address in a phase gives no verdict, and all is put back",
  async () => {
    using _directory = new StateDirectory();
    await atOnce(2, [[], ["--isolate"]], async (how) => {
      await using lab = await TargetLab.open({ boxes: ["drop"] });
      const dead = lab.addresses("drop", 4, 3);
      const { child, close } = await feed(lab, ["--timeout", "2", ...how], dead);
      await until(
        "it measures",
        () => how.length > 0 ? sockets(child) > 0 : settings(lab) === "100",
      );
      run("ip", ["-n", lab.client, "address", "flush", "dev", lab.interface]);
      const ended = await outcome(child);
      close();
      assertEquals([ended.code, ended.out], [1, ""]);
      assertMatch(ended.err, /no IPv4 address on eth0/);
      assertEquals(settings(lab), "111");
      assertEquals(spaces(child), []);
    });
  },
);

/** Sockets in the namespaces that a process has made, whose names have a meaning only to it. */
function sockets(child: Deno.ChildProcess): number {
  return spaces(child).reduce((sum, name) => {
    const path = `/proc/${child.pid}/root/run/netns/${name}`;
    const { stdout } = attempt("nsenter", [`--net=${path}`, "cat", "/proc/net/tcp"]);
    return sum + stdout.split("\n").slice(1).filter((line) => line !== "").length;
  }, 0);
}

/** Runs the spider whose arms have functions of their own; what they noted, and how it ended. */
async function own(lab: TargetLab, fails: string, targets: readonly string[], kill = 0) {
  const log = Deno.makeTempFileSync();
  const script = fileURLToPath(new URL("system_main.ts", import.meta.url));
  const [program, ...args] = lab.exec(
    [Deno.execPath(), "run", "--no-check", "-A", script, log, fails, lab.interface, ...targets],
  );
  const child = new Deno.Command(program, {
    args,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const read = () => Deno.readTextFileSync(log);
  if (kill > 0) {
    await until("the first phase", () => read().includes("enter a"));
    child.kill("SIGTERM");
    if (kill > 1) child.kill("SIGINT");
  }
  const ended = await outcome(child);
  const lines = read().trimEnd().split("\n");
  Deno.removeSync(log);
  return { ...ended, lines };
}

rootTest("functions of an arm run after its settings are made and before they go", async () => {
  using _directory = new StateDirectory();
  await using lab = await TargetLab.open();
  const ended = await own(lab, "", lab.addresses("transparent", 4, 5));
  assertEquals(ended.code, 0, ended.err);
  assertEquals(ended.lines, [
    "enter a sack=0",
    "leave a sack=0",
    "enter b sack=1",
    "leave b sack=1",
  ]);
  assertEquals(
    results(ended.out).map(({ conditions }) => conditions[0]),
    Array(5).fill("own.works"),
  );
});

rootTest(
  "an arm is left also when it could not be entered, or left, or was interrupted",
  async () => {
    using _directory = new StateDirectory();
    await using lab = await TargetLab.open({ boxes: ["drop"] });
    const before = machine(lab);
    for (const fails of ["enter a", "leave a", "enter b", "leave b"]) {
      const ended = await own(lab, fails, lab.addresses("transparent", 4, 2));
      assertEquals([ended.code, ended.out], [1, ""], ended.err);
      assertMatch(ended.err, new RegExp(`own failed in ${fails.split(" ")[0]}: .*cannot ${fails}`));
      assertMatch(ended.lines.at(-1)!, new RegExp(`^leave ${fails.split(" ")[1]} `));
      assertEquals(machine(lab), before);
    }
    for (const kill of [1, 2]) {
      const ended = await own(lab, "", lab.addresses("drop", 4, 2), kill);
      assertEquals(ended.out, "");
      assertEquals(ended.lines, ["enter a sack=0", "leave a sack=0"]);
      assertEquals(machine(lab), before);
    }
  },
);
