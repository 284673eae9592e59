import { assertEquals, assertNotEquals } from "@std/assert";
import { run } from "../../src/host/run.ts";
import { TargetLab } from "../lab/target_lab.ts";
import { atOnce } from "../at_once.ts";
import { StateDirectory } from "../host/state_directory.ts";
import { boxesOf } from "../lab/boxes.ts";
import { ECN_TRUTH } from "../lab/ecn_truth.ts";
import { EVIL_TRUTH } from "../lab/evil_truth.ts";
import { rootTest } from "../lab/root.ts";
import { TCPOPT_TRUTH } from "../lab/tcpopt_truth.ts";
import { UDPZERO_TRUTH } from "../lab/udpzero_truth.ts";
import { assertVerdicts, type Truth, type VerdictCase } from "../lab/verdicts.ts";
import { outcome, start } from "../spider.ts";
import { until } from "../until.ts";

const TOTAL = 10_000;

/** One of the truths of each kind. */
function of<T>(truths: Readonly<Record<string, T>>, which: (truth: T) => readonly string[]): Truth {
  return Object.fromEntries(Object.entries(truths).map(([kind, truth]) => [kind, which(truth)]));
}

/** A spider for each way that arms are told apart: by sockets, in phases, by packets, over UDP. */
const SPIDERS: readonly VerdictCase[] = [
  { args: ["ecn", "--connect", "http"], truth: of(ECN_TRUTH, ({ http }) => http) },
  { args: ["tcpopt"], truth: TCPOPT_TRUTH },
  { args: ["evilbit"], truth: EVIL_TRUTH, families: [4] },
  { args: ["udpzero"], truth: UDPZERO_TRUTH, families: [4] },
];

/** All that a run could leave changed on the host that it measures from, and its own namespaces. */
function system(lab: TargetLab, pid = 0): string {
  const words = [
    // What the kernel counts, not what is set
    ["sh", "-c", "grep -rs . /proc/sys/net | grep -v nf_conntrack_count | sort"],
    ["ip", "-4", "rule"],
    ["ip", "-6", "rule"],
    ["ip", "-4", "route", "show", "table", "all"],
    ["ip", "-6", "route", "show", "table", "all"],
    ["ip", "link"],
    ["nft", "list", "ruleset"],
  ];
  const inside = words.map((line) => run("ip", ["netns", "exec", lab.client, ...line]));
  const spaces = run("ip", ["netns", "list"]).split("\n").filter((name) =>
    name.includes(`-${pid}-`)
  );
  return [...inside, ...spaces].join("\n");
}

rootTest(
  `${TOTAL} targets of mixed kinds, arms of each sort: none wrong, none lost, the system as found`,
  () =>
    atOnce(2, SPIDERS, async (asked) => {
      await using lab = await TargetLab.open({
        boxes: boxesOf(Object.keys(asked.truth)),
        services: [asked.args[0] === "udpzero" ? "unbound" : "nginx"],
      });
      const before = system(lab);
      const args = [...asked.args, "-w", "500", "--timeout", "3"];
      await assertVerdicts(lab, { ...asked, args, total: TOTAL });
      assertEquals(system(lab), before, asked.args[0]);
    }),
);

for (const [name, args] of [["in a phase", []], ["with clones", ["--isolate"]]] as const) {
  rootTest(`what a spider that was killed ${name} has left, the next one puts back`, async () => {
    await using lab = await TargetLab.open({ boxes: ["drop"] });
    using _state = new StateDirectory();
    const within = (line: readonly string[]) => lab.exec(line);
    const before = system(lab);
    const child = start(["measure", "tcpopt", ...args], { within });
    const writer = child.stdin.getWriter();
    const targets = lab.addresses("drop", 4, 50).join("\n");
    await writer.write(new TextEncoder().encode(targets + "\n"));
    await until("the system is changed", () => system(lab) !== before);
    child.kill("SIGKILL");
    await outcome(child);
    writer.abort().catch(() => {}); // its reader is gone
    assertNotEquals(system(lab, child.pid), before);
    const [target] = lab.addresses("transparent", 4, 1);
    const { code, err } = await lab.spider(["measure", "mss"], { input: `${target}\n` });
    assertEquals(code, 0, err);
    assertEquals(system(lab, child.pid), before);
  });
}
