import { assertEquals } from "@std/assert";
import { flowSummaryText } from "../../src/cli/commands/observe/flow_summary.ts";
import { observeLine, statisticsLine } from "../../src/cli/commands/observe/status.ts";
import type { Statistics } from "../../src/observe/statistics.ts";

const STATISTICS: Statistics = {
  source: "eth0",
  link_type: "EN10MB",
  snaplen: 256,
  ended: "end",
  fault: null,
  elapsed: 2,
  first_packet: 1,
  last_packet: 2,
  duration: 1,
  packets: 1,
  octets: 100,
  flows: 0,
  not_ip: 0,
  dropped_by_kernel: 0,
  dropped_by_interface: null,
  interfaces: [],
  remarks: [],
};

Deno.test("the statistics in a line: what is 0 is left out, whatever counters there are", () => {
  assertEquals(statisticsLine(STATISTICS), "1 packet, 0 flows");
  const troubled: Statistics = {
    ...STATISTICS,
    packets: 1_000_000,
    flows: 1,
    not_ip: 1234,
    malformed_tcp: 2,
    some_new_counter: 3,
    dropped_by_kernel: 7,
    ended: "interrupted",
  };
  assertEquals(
    statisticsLine(troubled),
    "1,000,000 packets, 1 flow, 1,234 not IP, 7 dropped by kernel, 2 malformed TCP, " +
      "3 some new counter, interrupted",
  );
});

Deno.test("an observation's progress, with what is left where that can be known", () => {
  const state = { packets: 5_000_000, flows: 1, drops: 0, seconds: 2, share: null };
  assertEquals(observeLine(state), "5,000,000 packets  2,500,000/s  1 flow");
  assertEquals(
    observeLine({ ...state, drops: 3, share: 0.254 }),
    "5,000,000 packets  2,500,000/s  1 flow  3 dropped  25 %  5.9 s left",
  );
});

Deno.test("a summary of nothing, and one that is not exact", () => {
  const nothing = {
    flows: 0,
    packets: 0,
    octets: 0,
    first_packet: null,
    last_packet: null,
    protocols: [],
    talkers: [],
    talkers_error: 0,
  };
  assertEquals(flowSummaryText(nothing, true), "0 flows, 0 packets, 0 octets\n");
  const inexact = { ...nothing, flows: 1, first_packet: 0, last_packet: 1, talkers_error: 1500 };
  assertEquals(
    flowSummaryText(inexact, false).split("\n").at(-2),
    "Too many addresses to count each: one may have had 1,500 octets more.",
  );
});
