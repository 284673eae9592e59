import { assertEquals } from "@std/assert";
import { feed, flowTable, there } from "../data/dissect.ts";

Deno.test("the time of the last packet, also when it is of no flow and there is a crowd of flows", () => {
  for (const flows of [10, 10_000]) {
    const table = flowTable({ chains: ["basic"] });
    feed(table, Array.from({ length: flows }, (_, i) => there(1000, { source: i })));
    const arp = new Uint8Array(60).fill(8, 12, 13).fill(6, 13, 14);
    feed(table, [there(1001, { source: 1 }), { time: 1002, data: arp }]);
    assertEquals(table.stats().not_ip, 1);
    assertEquals(table.lastTime, 1002, `${flows} flows`);
  }
});
