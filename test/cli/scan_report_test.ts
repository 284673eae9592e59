import { assertEquals, assertStringIncludes } from "@std/assert";
import { dryRunReport, dryRunText, planLine } from "../../src/cli/commands/scan/plan_text.ts";
import { scanReport } from "../../src/cli/commands/scan/report.ts";
import { loadBundled } from "../../src/plugin/bundled.ts";
import { armsOf } from "../../src/measure/arms.ts";
import { connectionTypeNamed } from "../../src/connect/registry.ts";
import { SCAN_DEFAULTS } from "../../src/run/limits.ts";
import type { ScanPlan } from "../../src/run/scanning/plan.ts";
import { Skipped } from "../../src/target/skipped.ts";
import { SENDING } from "./scan_state.ts";

const spider = (await loadBundled("spider", "ecn"))!;

const PLAN = {
  ...SCAN_DEFAULTS,
  spider,
  arms: armsOf(spider, {}),
  connect: connectionTypeNamed("tcp"),
  prefixes: ["192.0.2.0/24"],
  device: { name: "eth0" },
  sources: { 4: ["198.51.100.1"], 6: [] },
  sourcePorts: { first: 40_000, last: 48_191 },
  seed: 7,
  seedGiven: true,
} as unknown as ScanPlan;

const DRY = {
  plan: PLAN,
  targets: 1000,
  first: ["192.0.2.9:80", "192.0.2.1:80"],
  routers: ["198.51.100.254"],
  packets: [{ arm: "no_ecn", octets: Uint8Array.of(0x45, 0) }, {
    arm: "ecn",
    octets: Uint8Array.of(0x45, 2),
  }],
  warnings: [],
  skipped: new Skipped(),
};

Deno.test("a dry run says what would be sent, from where, and for how long", () => {
  assertEquals(dryRunText(DRY).split("\n"), [
    "spider        ecn over tcp",
    "arms          no_ecn, ecn",
    "sent by       eth0",
    "next hop      198.51.100.254",
    "from          198.51.100.1",
    "source ports  40000 to 48191",
    "targets       1,000",
    "probes        2,000",
    "pace          10,000 packets a second",
    "takes         0.2 s, and 8.0 s for answers",
    "seed          7",
    "first         192.0.2.9:80, 192.0.2.1:80",
    "  no_ecn      4500",
    "  ecn         4502",
    "confirms      100 flows an arm a second",
    "Nothing was sent.",
  ]);
  const direct = dryRunText({ ...DRY, routers: [], packets: [] });
  assertStringIncludes(direct, "\nnext hop      each target itself\n");
  const plan = { ...PLAN, rate: 0, confirm: false, probes: 3 };
  const skipped = new Skipped();
  skipped.add({ line: 2, problem: "not an address" });
  const text = dryRunText({ ...DRY, plan, skipped, warnings: ["192.0.2.0/24 is there twice"] });
  assertStringIncludes(text, "probes        6,000\npace          as fast as it can\nseed");
  assertStringIncludes(
    text,
    "confirms      nothing\nwarning: 1 line of the input skipped\n  line 2: not an address\n" +
      "warning: 192.0.2.0/24 is there twice\nNothing was sent.",
  );
});

Deno.test("a dry run for programs has the same", () => {
  assertEquals(dryRunReport(DRY), {
    spider: "ecn",
    connect: "tcp",
    arms: ["no_ecn", "ecn"],
    interface: "eth0",
    routers: ["198.51.100.254"],
    sources: ["198.51.100.1"],
    source_ports: [40_000, 48_191],
    targets: 1000,
    probes: 2000,
    seconds: 0.2,
    rate: 10_000,
    bandwidth: null,
    cooldown: 8,
    seed: 7,
    first: ["192.0.2.9:80", "192.0.2.1:80"],
    packets: { no_ecn: "4500", ecn: "4502" },
    confirm: true,
    lines_skipped: {},
    warnings: [],
  });
  const bounded = { ...DRY, plan: { ...PLAN, bandwidth: 1e6 } };
  const { rate, bandwidth, seconds } = dryRunReport(bounded);
  assertEquals([rate, bandwidth, seconds], [null, 1e6, null]);
});

Deno.test("what is about to be done, in a line", () => {
  assertEquals(planLine(PLAN), "ecn over tcp on eth0, 10,000 packets a second: no_ecn, ecn");
});

Deno.test("the report of a scan has what it was asked and what it came to", () => {
  const skipped = new Skipped();
  skipped.add({ line: 3, problem: '"x" is not an address' });
  const report = scanReport({
    plan: { ...PLAN, contact: "noc@example.org" },
    asked: { port: "443", "source-ip": undefined },
    started: new Date("2026-12-01T02:00:00Z"),
    ended: new Date("2026-12-01T02:00:18Z"),
    status: "interrupted",
    state: SENDING,
    skipped,
    warnings: ["too slow"],
  });
  const { program, ...rest } = JSON.parse(JSON.stringify(report));
  assertEquals(program.name, "spider");
  assertEquals(rest, {
    spider: {
      ...{ name: "ecn", version: spider.version, options: {} },
      ...{ connect: "tcp", arms: ["no_ecn", "ecn"] },
    },
    options: { port: "443" },
    interface: "eth0",
    sources: ["198.51.100.1"],
    source_ports: [40_000, 48_191],
    seed: 7,
    ...{ contact: "noc@example.org", page: null },
    ...{ started: "2026-12-01T02:00:00.000Z", ended: "2026-12-01T02:00:18.000Z" },
    ...{ status: "interrupted", seconds: 10, seconds_sending: 10 },
    targets: {
      ...{ total: 100_000, probed: 50_000, answered: 40_000, unobserved: 0 },
      left_out: { blocked: 256, elsewhere: 0 },
    },
    lines_skipped: { "... is not an address": 1 },
    probes: {
      ...{ sent: 100_000, failed: 0 },
      arms: {
        no_ecn: { sent: 50_000, answered: 40_000 },
        ecn: { sent: 50_000, answered: 39_500 },
      },
    },
    received: SENDING.kinds,
    dropped: { kernel: 0, interface: 0 },
    confirming: { waiting: 480, done: 20 },
    results: 39_520,
    conditions: { "ecn.connectivity.works": 39_500, "ecn.connectivity.broken": 20 },
    warnings: ["too slow"],
  });
});
