import { assertEquals } from "@std/assert";
import ecn from "../../plugins/spiders/ecn.ts";
import { helpers } from "../../src/measure/helpers.ts";
import type { ObservedFlow } from "../../src/mod.ts";
import { flow, SILENT } from "../data/flow.ts";

const ASKS = 0xc2;
const conclude = (a: ObservedFlow, b: ObservedFlow) => ecn.conclude([a, b], helpers);
const marks = (seen: string) =>
  ["ect0", "ect1", "ce"].map((mark) =>
    `ecn.ipmark.${mark}.${seen.split(" ").includes(mark) ? "seen" : "not_seen"}`
  );

const timedOut: Partial<ObservedFlow> = {
  ...SILENT,
  spdr_errno: "ETIMEDOUT",
  tcpx_synack_rev: 0,
  tcpx_synflags_answered: null,
};
const withEcn = (different: Partial<ObservedFlow> = {}) =>
  flow({
    tcp_synflags_fwd: ASKS,
    tcp_synflags_rev: 0x52,
    tcpx_synflags_answered: ASKS,
    ...different,
  });
/** The kernel's fallback: the ECN SYN unanswered, the plain one after it answered. */
const fellBack = withEcn({
  tcp_synflags_rev: 0x12,
  tcpx_syn_fwd: 2,
  tcpx_syn_differed: true,
  tcpx_synflags_answered: 0x02,
});
const dead = withEcn({ ...timedOut, tcpx_syn_fwd: 3, tcpx_syn_differed: true });

Deno.test("ECN works and is negotiated", () => {
  assertEquals(conclude(flow(), withEcn({ ecn_ect0_data_rev: true })), [
    "ecn.connectivity.works",
    "ecn.negotiation.succeeded",
    ...marks("ect0"),
  ]);
});

Deno.test("ECN works without negotiation, or with flags reflected", () => {
  const failed = conclude(flow(), withEcn({ tcp_synflags_rev: 0x12 }));
  assertEquals(failed, ["ecn.connectivity.works", "ecn.negotiation.failed", ...marks("")]);
  const reflected = conclude(flow(), withEcn({ tcp_synflags_rev: 0xd2 }));
  assertEquals(reflected[1], "ecn.negotiation.reflected");
});

Deno.test("each mark is reported, on a SYN or later", () => {
  const all = withEcn({
    ecn_ect0_syn_rev: true,
    ecn_ect1_data_rev: true,
    ecn_ce_syn_rev: true,
  });
  assertEquals(conclude(flow(), all).slice(2), marks("ect0 ect1 ce"));
  assertEquals(conclude(flow(), withEcn({ ecn_ce_data_fwd: true })).slice(2), marks(""));
});

Deno.test("a connection by the kernel's fallback is broken, although the socket is connected", () => {
  assertEquals(conclude(flow(), fellBack), ["ecn.connectivity.broken"]);
});

Deno.test("a fallback says nothing where the baseline lost a SYN too", () => {
  const lossy = flow({ tcpx_syn_fwd: 2 });
  assertEquals(conclude(lossy, fellBack), ["pathspider.not_observed"]);
});

Deno.test("a fallback says nothing where the path is slow", () => {
  for (const tcpx_rtt_us of [600_000, null]) {
    assertEquals(conclude(flow({ tcpx_rtt_us }), fellBack), ["pathspider.not_observed"]);
  }
});

Deno.test("a fallback says nothing where the baseline did not come up", () => {
  assertEquals(conclude(flow(timedOut), fellBack), ["pathspider.not_observed"]);
});

Deno.test("a fallback says nothing where a plain SYN of its own was lost too", () => {
  const lossy = { ...fellBack, tcpx_syn_fwd: 3 };
  assertEquals(conclude(flow(), lossy), ["pathspider.not_observed"]);
});

Deno.test("a fallback whose answer agrees to ECN was none: the ECN SYN's answer came late", () => {
  const late = { ...fellBack, tcp_synflags_rev: 0x52 };
  assertEquals(conclude(flow(), late), ["pathspider.not_observed"]);
});

Deno.test("a connection whose SYN-ACK was not seen says nothing", () => {
  const unseen = { tcp_synflags_rev: null, tcpx_synack_rev: 0, tcpx_synflags_answered: null };
  assertEquals(conclude(flow(), withEcn(unseen)), ["pathspider.not_observed"]);
});

Deno.test("an answer that came after the timeout, or was not accepted, gives no verdict", () => {
  const late = { tcp_synflags_rev: 0x52, tcpx_synack_rev: 1, tcpx_synflags_answered: ASKS };
  const plainLate = flow({ ...timedOut, tcp_synflags_rev: 0x12, tcpx_synflags_answered: 0x02 });
  const ecnLate = withEcn({ ...timedOut, ...late });
  assertEquals(conclude(flow(), ecnLate), ["pathspider.not_observed"]);
  assertEquals(conclude(plainLate, withEcn()), ["pathspider.not_observed"]);
  assertEquals(conclude(plainLate, ecnLate), ["pathspider.not_observed"]);
});

Deno.test("a target that closes, stalls or talks nonsense over both arms is not offline", () => {
  for (const [spdr_outcome, spdr_state] of [["failed", 1], ["reset", 1], ["timeout", 2]] as const) {
    const ended = { spdr_outcome, spdr_state };
    assertEquals(conclude(flow(ended), withEcn(ended)), ["pathspider.not_observed"]);
  }
});

Deno.test("broken, transient, offline by the sockets", () => {
  assertEquals(conclude(flow(), dead), ["ecn.connectivity.broken"]);
  assertEquals(conclude(flow(timedOut), dead), ["ecn.connectivity.offline"]);
  assertEquals(conclude(flow(timedOut), withEcn())[0], "ecn.connectivity.transient");
});

Deno.test("a handshake with ECN whose data is lost is broken, and negotiated all the same", () => {
  const { spdr_state, spdr_outcome, spdr_stop } = timedOut as ObservedFlow;
  const stalled = withEcn({ spdr_state, spdr_outcome, spdr_stop });
  assertEquals(conclude(flow(), stalled).slice(0, 2), [
    "ecn.connectivity.broken",
    "ecn.negotiation.succeeded",
  ]);
});

Deno.test("arms that did not send what they stand for give no verdict", () => {
  assertEquals(conclude(flow({ tcp_synflags_fwd: ASKS }), withEcn()), ["pathspider.not_observed"]);
  assertEquals(conclude(flow(), flow()), ["pathspider.not_observed"]);
  assertEquals(conclude(flow({ tcp_synflags_fwd: null }), withEcn()), ["pathspider.not_observed"]);
  for (const tcp_synflags_fwd of [0x1c2, 0x102]) {
    assertEquals(conclude(flow({ tcp_synflags_fwd }), withEcn()), ["pathspider.not_observed"]);
    assertEquals(conclude(flow(), withEcn({ tcp_synflags_fwd })), ["pathspider.not_observed"]);
  }
});

Deno.test("marks are unknown where something was lost or reordered, which is sent again without them", () => {
  const gap = { tcpx_gap_rev: true };
  assertEquals(conclude(flow(), withEcn(gap)), ["pathspider.not_observed"]);
  const seen = conclude(flow(), withEcn({ ...gap, ecn_ect0_data_rev: true }));
  assertEquals(seen.slice(2), marks("ect0"));
  // One that does not speak ECN marks nothing in any case
  const failed = conclude(flow(), withEcn({ ...gap, tcp_synflags_rev: 0x12 }));
  assertEquals(failed.slice(1), ["ecn.negotiation.failed", ...marks("")]);
});
