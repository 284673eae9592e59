import { assert, assertEquals, assertStringIncludes } from "@std/assert";
// @ts-types="../../src/types/csv.d.ts"
import { parse } from "@std/csv";
import { conductSentence } from "../../src/cli/commands/scan/conduct.ts";
import { advanceOf, scanLine } from "../../src/cli/commands/scan/progress.ts";
import { RecentRate } from "../../src/cli/commands/scan/recent_rate.ts";
import { StatusLines, StatusUpdates } from "../../src/cli/commands/scan/status_updates.ts";
import { scanSummaryText } from "../../src/cli/commands/scan/summary.ts";
import type { ScanState } from "../../src/run/scanning/state.ts";
import { Skipped } from "../../src/target/skipped.ts";
import { Folder } from "../data/temporary.ts";
import { SENDING } from "./scan_state.ts";

const COOLDOWN = 8;

Deno.test("the progress of a scan that sends: time, rates, hits, arms, confirming", () => {
  assertEquals(
    scanLine(SENDING, 10_123.4, COOLDOWN),
    "10.0 s  50 %  18.0 s left  sent 100,000 10,123/s (10,000/s)  answered 40,000 80.0 %  " +
      "0 dropped  no_ecn 40,000  ecn 39,500  confirming 480, 20 done",
  );
});

Deno.test("the progress of a scan of unknown length, that does not confirm, in trouble", () => {
  const state: ScanState = { ...SENDING, total: null, confirming: null, failed: 3, drops: 1200 };
  assertEquals(
    scanLine(state, 0, COOLDOWN),
    "10.0 s  sent 100,000 0.0/s (10,000/s)  answered 40,000 80.0 %  1,200 dropped  3 not sent  " +
      "no_ecn 40,000  ecn 39,500",
  );
});

Deno.test("the progress of a scan after its last probe", () => {
  const cooldown: ScanState = { ...SENDING, phase: "cooldown", seconds: 13, targets: 100_000 };
  assertEquals(
    scanLine(cooldown, 0, COOLDOWN).split("  ").slice(0, 4),
    ["13.0 s", "5.0 s left", "waiting for answers", "sent 100,000 (10,000/s)"],
  );
  const rest: ScanState = { ...cooldown, phase: "confirming", seconds: 30 };
  assertEquals(
    scanLine(rest, 0, COOLDOWN).split("  ").slice(0, 3),
    ["30.0 s", "confirming the rest", "sent 100,000 (10,000/s)"],
  );
});

Deno.test("how far a scan is, at the ends, where one divides by nothing", () => {
  const begin: ScanState = { ...SENDING, seconds: 0, sending: 0, targets: 0, sent: 0, answered: 0 };
  assertEquals(advanceOf(begin, COOLDOWN), { share: 0, left: null });
  assertEquals(advanceOf({ ...begin, total: 0 }, COOLDOWN), { share: null, left: null });
  assertStringIncludes(scanLine(begin, 0, COOLDOWN), "sent 0 0.0/s (0.0/s)  answered 0 0.0 %");
  assertEquals(advanceOf({ ...SENDING, targets: 200_000 }, COOLDOWN), { share: 1, left: COOLDOWN });
  assertEquals(
    advanceOf({ ...SENDING, phase: "cooldown", seconds: 99 }, COOLDOWN),
    { share: 1, left: 0 },
  );
  assertEquals(advanceOf({ ...SENDING, phase: "ended" }, COOLDOWN), { share: 1, left: 0 });
});

Deno.test("the rate of now is that of the last second", () => {
  const recent = new RecentRate();
  assertEquals(recent.at(0, 0), 0);
  assertEquals(recent.at(0.5, 50), 100);
  assertEquals(recent.at(1, 100), 100);
  assertEquals(recent.at(2, 1100), 1000);
  assertEquals(Math.round(recent.at(2.2, 1100)), 833);
  assertEquals(recent.at(3.5, 1100), 0);
  assertEquals(recent.at(3.5, 1100), 0);
});

/** Rows of status lines, by column. */
function rowsOf(octets: readonly Uint8Array[]): Record<string, string>[] {
  const text = octets.map((some) => new TextDecoder().decode(some)).join("");
  const [names = [], ...rows] = parse(text);
  return rows.map((row) => Object.fromEntries(row.map((value, at) => [names[at]!, value])));
}

Deno.test("status updates have zmap's columns, and then ours", () => {
  const begin: ScanState = {
    ...SENDING,
    ...{ seconds: 0, sending: 0, sent: 0, targets: 0, answered: 0, results: 0 },
    kinds: Object.fromEntries(Object.keys(SENDING.kinds).map((name) => [name, 0])),
    arms: SENDING.arms.map(({ name }) => ({ name, sent: 0, answered: 0 })),
  };
  const time = new Date("2026-12-01T02:00:10.900Z");
  const lines = new StatusLines({ state: begin, time }, COOLDOWN);
  const later: ScanState = { ...SENDING, seconds: 11.5, sending: 11, sent: 112_000, failed: 2 };
  const [first, second, ...more] = rowsOf([
    lines.header,
    lines.of({ state: SENDING, time }),
    lines.of({ state: later, time: new Date("2026-12-01T02:00:12Z") }),
  ]);
  assertEquals(more, []);
  assertEquals(first, {
    "real-time": "2026-12-01 02:00:10",
    "time-elapsed": "10",
    "time-remaining": "18",
    "percent-complete": "50.000000",
    "hit-rate": "70.000000",
    ...{ "sent-total": "100000", "sent-last-one-sec": "100000", "sent-avg-per-sec": "10000" },
    "recv-success-total": "70000",
    "recv-success-last-one-sec": "70000",
    "recv-success-avg-per-sec": "7000",
    // What answers no probe is not counted
    "recv-total": "79510",
    "recv-total-last-one-sec": "79510",
    "recv-total-avg-per-sec": "7951",
    ...{ "pcap-drop-total": "0", "drop-last-one-sec": "0", "drop-avg-per-sec": "0" },
    "sendto-fail-total": "0",
    "sendto-fail-last-one-sec": "0",
    "sendto-fail-avg-per-sec": "0",
    ...{ "targets-total": "50000", "targets-answered": "40000", "probes-answered": "79500" },
    ...{ "confirm-waiting": "480", "confirm-done": "20", "results-total": "39520" },
    ...{ "arm-no_ecn-sent": "50000", "arm-no_ecn-answered": "40000" },
    ...{ "arm-ecn-sent": "50000", "arm-ecn-answered": "39500" },
    ...{ "kind-synack": "70000", "kind-rst": "9000", "kind-icmp_unreachable": "500" },
    ...{ "kind-repeated": "10", "kind-late": "0", "kind-foreign": "7" },
  });
  assertEquals(
    [second!["sent-last-one-sec"], second!["sent-avg-per-sec"], second!["sendto-fail-total"]],
    ["12000", "10182", "2"],
  );
  assertEquals(second!["recv-total-last-one-sec"], "0");
});

Deno.test("what cannot be told is empty in a status update", () => {
  const state: ScanState = { ...SENDING, total: null, confirming: null };
  const lines = new StatusLines({ state, time: new Date(0) }, COOLDOWN);
  const [row] = rowsOf([lines.header, lines.of({ state, time: new Date(0) })]);
  const empty = Object.entries(row!).filter(([, value]) => value === "").map(([name]) => name);
  assertEquals(empty, ["time-remaining", "percent-complete", "confirm-waiting", "confirm-done"]);
});

Deno.test("the file of status updates has a line at the end, however short a scan was", async () => {
  using folder = new Folder();
  const updates = new StatusUpdates(folder.at("status.csv"), () => SENDING, COOLDOWN);
  assertEquals(await updates.close(), null);
  const rows = parse(folder.text("status.csv"));
  assertEquals([rows.length, rows[0]![0], rows[1]![5]], [2, "real-time", "100000"]);
});

Deno.test("status updates that cannot be written are told when a scan has ended", async () => {
  const updates = new StatusUpdates("/dev/full", () => SENDING, COOLDOWN);
  const error = await updates.close();
  assertStringIncludes(error!.message, "cannot write /dev/full: the disk is full");
});

Deno.test("the summary of a clean scan", () => {
  const text = scanSummaryText({
    state: { ...SENDING, phase: "ended", seconds: 18, confirming: { waiting: 0, done: 20 } },
    skipped: new Skipped(),
    ...{ interrupted: false, resumable: true },
    warnings: [],
  });
  assertEquals(text.split("\n"), [
    "50,000 targets, 100,000 probes in 10.0 s (10,000/s), 18.0 s in all",
    "40,000 answered (80.0 %)",
    "  40,000  no_ecn",
    "  39,500  ecn",
    "received:",
    "  70,000  SYN-ACK",
    "   9,000  RST",
    "     500  ICMP errors: unreachable",
    "      10  answers to what was answered",
    "       7  packets that answer no probe",
    "left out:",
    "  256  on a blocklist",
    "20 targets measured with connections",
    "39,520 results:",
    "  39,500  ecn.connectivity.works",
    "      20  ecn.connectivity.broken",
  ]);
});

Deno.test("every trouble of a scan is a warning", () => {
  const summary = {
    state: { ...SENDING, failed: 4, drops: 5, interfaceDrops: 6, unobserved: 7 },
    skipped: { count: 1, first: [{ line: 3, problem: "not an address" }] },
    ...{ interrupted: true, resumable: true },
    warnings: ["eth0 carried 9,000 packets a second, not 10,000"],
  };
  assertEquals(scanSummaryText(summary).split("\n").slice(-9), [
    "warning: interrupted, so not every target was probed; --resume goes on",
    "warning: 480 targets were to be measured and were not",
    "warning: 1 line of the input skipped",
    "  line 3: not an address",
    "warning: 7 of 40,000 targets not observed; nothing is concluded about their paths",
    "warning: eth0 carried 9,000 packets a second, not 10,000",
    "warning: the kernel did not take 4 probes; where it had no room, try a lower --rate or more --retries",
    "warning: the kernel dropped 5 packets; try a lower --rate",
    "warning: the interface dropped 6 packets",
  ]);
  // What went to a pipe, or has another form, nobody can go on behind
  assertStringIncludes(
    scanSummaryText({ ...summary, resumable: false }),
    "\nwarning: interrupted, so not every target was probed\n",
  );
});

Deno.test("who sends more than is usual is told to ask, and to say who he is", () => {
  const usual = { rate: 10_000, bandwidth: undefined, contact: undefined, page: undefined };
  assertEquals(conductSentence(usual), null);
  assertEquals(
    conductSentence({ ...usual, rate: 50_000 }),
    "This sends 50,000 packets a second, where 10,000 are usual: ask whoever runs this network " +
      "and those on the way, and say who you are (--contact, --page).",
  );
  const known = { contact: "noc@example.org", page: "https://example.org/scan" };
  const endless = conductSentence({ ...usual, ...known, rate: 0 })!;
  assertStringIncludes(endless, "as many packets a second as this host can, where");
  assert(endless.endsWith("and put the page up before it begins."), endless);
  assertEquals(conductSentence({ ...usual, bandwidth: 6_000_000 }), null);
  assertStringIncludes(
    conductSentence({ ...usual, bandwidth: 672_000_000 })!,
    "up to 1,000,000 packets a second",
  );
});
