import { assertEquals } from "@std/assert";
import dscp from "../../plugins/spiders/dscp.ts";
import { helpers } from "../../src/measure/helpers.ts";
import type { ObservedFlow } from "../../src/mod.ts";
import { flow } from "../data/flow.ts";

const marked = (fwd: number, rev: number | null, different: Partial<ObservedFlow> = {}) =>
  flow({ dscp_mark_syn_fwd: fwd, dscp_mark_syn_rev: rev, ...different });
const conclude = (...flows: ObservedFlow[]) =>
  dscp.conclude(flows, helpers, { codepoint: flows.slice(1).map((f) => f.dscp_mark_syn_fwd ?? 0) });

Deno.test("every codepoint has an arm and conditions of its own", () => {
  assertEquals(
    dscp.arms({ codepoint: [46, 0, 46] }).map(({ name, socket }) => [name, socket.dscp]),
    [["no_dscp", 0], ["dscp_46", 46], ["dscp_0", 0]],
  );
  assertEquals(conclude(marked(0, 0), marked(46, 46), marked(8, 0)), [
    "dscp.46.connectivity.works",
    "dscp.8.connectivity.works",
    "dscp.0.replymark:0",
    "dscp.46.replymark:46",
    "dscp.8.replymark:0",
  ]);
});

Deno.test("a mark of 0 is a mark, and none is none", () => {
  const silent = {
    spdr_state: 2,
    tcp_synflags_rev: null,
    tcp_connected: false,
    dscp_mark_data_rev: null,
  } as const;
  assertEquals(conclude(marked(0, 0), marked(46, null, silent)), [
    "dscp.46.connectivity.broken",
    "dscp.0.replymark:0",
  ]);
});

Deno.test("marks that this host did not send as they were meant give no verdict", () => {
  const flows = [marked(0, 0), marked(0, 0)];
  assertEquals(dscp.conclude(flows, helpers, { codepoint: [46] }), ["pathspider.not_observed"]);
});

Deno.test("where the marks of data are all there is, they count", () => {
  const datagram = (fwd: number, rev: number) =>
    marked(fwd, null, {
      dscp_mark_syn_fwd: null,
      dscp_mark_data_fwd: fwd,
      dscp_mark_data_rev: rev,
    });
  assertEquals(dscp.conclude([datagram(0, 3), datagram(1, 4)], helpers, { codepoint: [1] }), [
    "dscp.1.connectivity.works",
    "dscp.0.replymark:3",
    "dscp.1.replymark:4",
  ]);
});
