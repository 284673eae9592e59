import { assertEquals } from "@std/assert";
import type { Chain } from "../../src/mod.ts";
import { chain } from "../data/chain.ts";
import { back, feed, flowTable, recordOf, there } from "../data/dissect.ts";
import { SYN, TCP } from "../data/packets.ts";

const local = { address: "192.0.2.1", port: 40000 };
const remote = { address: "198.51.100.7", port: 80 };

const counting = {
  name: "counting",
  fields: { own: { type: "integer", summary: "packets", initial: 0 } },
  tcp(rec) {
    rec.own++;
  },
} satisfies Chain<{ own: number }>;

function watching(hooks: Parameters<typeof chain>[0] = {}) {
  const own = { ...counting, ...hooks } as Chain;
  const table = flowTable({ expectedOnly: true, chains: ["basic", own] });
  return { table, flow: table.expect(local, remote, TCP) };
}

const own = (record: unknown) => (record as { own: number }).own;

Deno.test("an expected flow's record has the fields of the chains, with packets or without", () => {
  const { table, flow } = watching();
  assertEquals(own(recordOf(table, flow)), 0);
  feed(table, [there(1), back(2), there(3, { source: 9 })]);
  assertEquals(own(recordOf(table, flow)), 2);
  table.release(flow);
});

Deno.test("an expected flow that a chain completes is ready", () => {
  const { table, flow } = watching({ tcp: (_rec, tcp) => !tcp.syn });
  feed(table, [there(1)]);
  assertEquals(table.nextReady(), 0);
  feed(table, [back(2, { flags: SYN }), back(3, { flags: SYN })]);
  assertEquals([table.nextReady(), table.nextReady()], [flow, 0]);
  assertEquals(recordOf(table, flow).pkt_rev, 2);
});

Deno.test("an expected flow that a chain ignores is ready at once, and shows no packet", () => {
  const { table, flow } = watching({ newFlow: () => false });
  feed(table, [there(1), back(2)]);
  assertEquals([table.nextReady(), table.nextReady()], [flow, 0]);
  feed(table, [there(3)]);
  const { pkt_fwd, pkt_rev } = recordOf(table, flow);
  assertEquals([pkt_fwd, pkt_rev, table.stats().ignored], [0, 0, 3]);
  table.release(flow);
  feed(table, [there(4)]);
  assertEquals(table.stats().late, 1);
});

Deno.test("a released flow is forgotten: the next one in its place begins anew", () => {
  const { table, flow } = watching();
  feed(table, [there(1), back(2)]);
  table.release(flow);
  feed(table, [there(3)]);
  table.advance(100_000);
  const next = table.expect({ ...local, port: 50000 }, remote, TCP);
  assertEquals([next, own(recordOf(table, next))], [flow, 0]);
  feed(table, [there(101, { source: 50000 })]);
  assertEquals(own(recordOf(table, next)), 1);
});
