import { assertEquals } from "@std/assert";
import type { Chain } from "../../src/mod.ts";
import { chain, observe } from "../data/chain.ts";
import { back, drained, feed, flowTable, passedOver, there } from "../data/dissect.ts";
import { ethernet, ip6, SYN, UDP, udp } from "../data/packets.ts";

/** Counts packets each way, and keeps a list of the flags. */
const counting = {
  name: "counting",
  fields: {
    own_fwd: { type: "integer", summary: "forward", initial: 0 },
    own_rev: { type: "integer", summary: "in reverse", initial: 10 },
    own_flags: { type: "json", summary: "flags", initial: [] },
    own_text: { type: "string?", summary: "source", initial: null },
  },
  tcp(rec, tcp, rev) {
    rec[rev ? "own_rev" : "own_fwd"]++;
    rec.own_flags.push(tcp.flags);
    rec.own_text ??= `"${tcp.ip.source}" ü`;
  },
} satisfies Chain<
  { own_fwd: number; own_rev: number; own_flags: number[]; own_text: string | null }
>;

Deno.test("fields begin with their starting values, and end in the record behind those of wasm", () => {
  const other = { time: 1, data: ethernet(ip6(udp(new Uint8Array()), { next: UDP })) };
  const { flows } = observe({}, [there(1, { flags: SYN }), back(2), there(3), other], {
    chains: ["basic", counting],
  });
  const own = flows.map((flow) => Object.entries(flow).slice(-4));
  assertEquals<unknown>(own, [
    [["own_fwd", 0], ["own_rev", 10], ["own_flags", []], ["own_text", null]],
    [["own_fwd", 2], ["own_rev", 11], ["own_flags", [2, 16, 16]], ["own_text", '"192.0.2.1" ü']],
  ]);
  assertEquals(flows.map((flow) => flow.pkt_fwd), [1, 2]);
});

Deno.test("records without fields of their own, or with nothing else", () => {
  const none = flowTable({ chains: ["basic", chain({ tcp() {} })] });
  const only = flowTable({ chains: [counting] });
  const neither = flowTable({ chains: [chain({ tcp() {} })] });
  const keys = [none, only, neither].map((table) => {
    feed(table, [there(1)]);
    table.flush();
    return drained(table).map((flow) => Object.keys(flow).length);
  });
  assertEquals(keys, [[11], [4], [0]]);
});

Deno.test("a place in memory that served another flow begins anew", () => {
  const table = flowTable({ chains: ["basic", counting] });
  for (let round = 0; round < 50; round++) {
    feed(table, [0, 1, 2].map((i) => there(round * 100, { source: 1000 + round * 3 + i })));
    const later = drained(table) as unknown as { own_fwd: number; own_flags: number[] }[];
    assertEquals(
      later.map((flow) => [flow.own_fwd, flow.own_flags]),
      Array(round && 3).fill([1, [16]]),
    );
  }
  assertEquals(passedOver(table), {});
});
