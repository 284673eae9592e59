import { assertEquals } from "@std/assert";
import type { Chain } from "../../src/mod.ts";
import { flowTable } from "../data/dissect.ts";
import { ethernet, ip4, records, tcp } from "../data/packets.ts";

/** Completes a flow with its first packet. */
const first = {
  name: "first",
  fields: {},
  ip4: () => false,
} satisfies Chain<Record<never, never>>;

Deno.test("what a chain completes in a capture with nanoseconds ends in time, wherever batches end", () => {
  const packets = [[0, 999], [1, 500]].map(([second, nanoseconds]) => {
    const packet = records([{ time: 1_700_000_000 + second!, data: ethernet(ip4(tcp())) }]);
    new DataView(packet.buffer).setUint32(4, nanoseconds!, true);
    return packet;
  });
  const run = (batches: readonly Uint8Array[]) => {
    const table = flowTable({ chains: ["basic", first], linger: 1 });
    for (const batch of batches) {
      table.input(2).set(batch);
      table.dissect(batch.length, 1, 1);
    }
    return table.stats();
  };
  const both = new Uint8Array(packets.flatMap((packet) => [...packet]));
  assertEquals(run([both]), run(packets));
});
