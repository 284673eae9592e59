import { assertEquals } from "@std/assert";
import type { Connection } from "../../src/mod.ts";
import { merge } from "../../src/measure/merge.ts";
import { flow } from "../data/flow.ts";

const connection: Connection = {
  state: 0,
  outcome: "ok",
  errno: null,
  protocol: 6,
  local: { address: "192.0.2.1", port: 40000 },
  remote: { address: "198.51.100.7", port: 80 },
  start: 1700000000000,
  stop: 1700000000250,
  fields: { http_status: 204 },
};
const arm = { name: "plain" };

Deno.test("a flow and its connection become one record", () => {
  const merged = merge(connection, flow(), arm, 1);
  assertEquals(merged.observed, true);
  assertEquals(merged.config, 1);
  assertEquals(merged.arm, "plain");
  assertEquals(merged.spdr_start, "2023-11-14T22:13:20.000Z");
  assertEquals(merged.spdr_stop, "2023-11-14T22:13:20.250Z");
  assertEquals(merged.pkt_rev, 3);
  assertEquals((merged as unknown as Record<string, unknown>).http_status, 204);
});

Deno.test("without a flow the endpoints are the socket's, and nothing was observed", () => {
  const merged = merge(connection, "packets dropped", arm, 0);
  assertEquals(merged.observed, false);
  assertEquals([merged.sip, merged.sp, merged.dip, merged.dp], [
    "192.0.2.1",
    40000,
    "198.51.100.7",
    80,
  ]);
  const unsent = merge({ ...connection, local: null, state: 1 }, "not begun", arm, 0);
  assertEquals([unsent.observed, unsent.sip, unsent.dip], [false, undefined, "198.51.100.7"]);
});

Deno.test("a connection that stood without a packet from the target was not observed", () => {
  assertEquals(merge(connection, flow({ pkt_rev: 0 }), arm, 0).observed, false);
  const timedOut = { ...connection, state: 2, outcome: "timeout" } as const;
  assertEquals(merge(timedOut, flow({ pkt_rev: 0 }), arm, 0).observed, true);
});

Deno.test("a flow without a packet of ours was not observed", () => {
  assertEquals(merge(connection, flow({ pkt_fwd: 0 }), arm, 0).observed, false);
});

Deno.test("a connection whose answers this host refused unseen was not observed", () => {
  const timedOut = { ...connection, state: 2, outcome: "timeout" } as const;
  const missed = (record: Parameters<typeof flow>[0]) => {
    const merged = merge(timedOut, flow(record), arm, 0);
    return merged.observed ? null : merged.missed;
  };
  assertEquals(missed({ pkt_rev: 0, tcp_rst_fwd: true }), "answers elsewhere");
  assertEquals(missed({ pkt_rev: 0, icmp_unreachable_fwd: true }), "answers elsewhere");
  assertEquals(missed({ pkt_rev: 0, tcp_rst_fwd: false }), null);
  // A late answer, after the socket was closed
  assertEquals(missed({ pkt_rev: 1, tcp_rst_fwd: true }), null);
  const stood = merge(connection, flow({ pkt_rev: 0, tcp_rst_fwd: true }), arm, 0);
  assertEquals(stood.observed ? null : stood.missed, "no answer seen");
});
