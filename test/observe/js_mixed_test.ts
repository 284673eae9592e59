import { assert, assertEquals } from "@std/assert";
import type { FlowRecord } from "../../src/contract/flow.ts";
import type { Chain } from "../../src/mod.ts";
import { drained, feed, flowTable, recordOf } from "../data/dissect.ts";
import { ethernet, type Frame, ICMP, icmpError, ip4, tcp, UDP, udp } from "../data/packets.ts";
import { random } from "../data/random.ts";
import { checkSum } from "../fuzz/records.ts";

type Random = (below: number) => number;

/** Whole packets, fragments and errors that quote either, of few flows, at times that leap about. */
function frames(next: Random, count: number): Frame[] {
  let time = 1_700_000_000;
  return Array.from({ length: count }, () => {
    time += [0, 0.001, 0.4, 2, 6, 40][next(60)] ?? 0.01;
    if (next(200) === 0) time -= next(100);
    const [here, port] = [next(2) + 1, 1000 + next(12)];
    const ip = {
      source: [10, 0, 0, here],
      destination: [10, 0, 0, 3 - here],
      ttl: next(15),
      id: next(8),
    };
    const segment = tcp({
      source: here === 1 ? port : 80,
      destination: here === 1 ? 80 : port,
      flags: [2, 2, 0x12, 0x11, 4, 0x18][next(9)] ?? 0x10,
      // A SYN that begins another connection is often answered
      sequence: next(10),
      acknowledgment: 1 + next(10),
      payload: new Uint8Array(next(6)),
    });
    const error = (quoted: Uint8Array) =>
      ip4(icmpError(3, next(5), quoted), { ...ip, protocol: ICMP });
    const later = { ...ip, fragment: 5 };
    const first = { ...ip, fragment: 0x2000 };
    const packet = [
      () => error(ip4(segment, ip)),
      () => error(ip4(segment, later)),
      () => ip4(segment, first),
      () => ip4(segment, first),
      () => ip4(new Uint8Array(20), later),
      () => ip4(new Uint8Array(20), later),
      () => ip4(udp(new Uint8Array(next(9)), port, 53), { ...ip, protocol: UDP }),
      () => ip4(segment, ip).subarray(0, 1 + next(45)),
    ][next(14)] ?? (() => ip4(segment, ip));
    return { time, data: ethernet(packet()) };
  });
}

/** Ignores some flows, completes some, and counts the packets that it sees. */
const counting = {
  name: "counting",
  fields: { own: { type: "integer", summary: "packets", initial: 0 } },
  newFlow: (_rec, ip) => ip.length % 5 !== 0,
  ip4: (rec, ip) => {
    rec.own++;
    return ip.ttl !== 7;
  },
} satisfies Chain<{ own: number }>;

Deno.test("fragments, quotations, expected flows, answers, a full table: every packet counts once", () => {
  const chains = ["basic", "tcp", "icmp", counting];
  for (let seed = 1; seed <= 10; seed++) {
    const packets = frames(random(seed), 3000);
    for (const maxFlows of [4, 1000]) {
      const run = (batch: number) => {
        const table = flowTable({ chains, maxFlows });
        const expected = [1000, 1001].map((port) =>
          table.expect({ address: "10.0.0.1", port }, { address: "10.0.0.2", port: 80 }, 6)
        );
        feed(table, packets, 1, batch);
        table.flush();
        const flows: (FlowRecord & { own?: number })[] = drained(table);
        for (const flow of expected) {
          const record = recordOf(table, flow);
          if (record.pkt_fwd + record.pkt_rev > 0) flows.push(record);
          table.release(flow);
        }
        table.flush();
        assertEquals(drained(table), []);
        for (const flow of flows) assertEquals(flow.own, flow.pkt_fwd + flow.pkt_rev);
        checkSum(table, flows);
        return { flows: flows.map((flow) => JSON.stringify(flow)).sort(), stats: table.stats() };
      };
      const single = run(1);
      const { ignored, fragments_joined, evicted } = single.stats;
      assert(ignored! > 50 && fragments_joined! > 5, `${ignored} ${fragments_joined}`);
      assertEquals(evicted! > 50, maxFlows === 4);
      for (const batch of [7, 64, 3000]) {
        const other = run(batch);
        // Of flows that were complete at once, which is evicted first hangs on the batch
        if (maxFlows === 1000) assertEquals(other, single, `seed ${seed}`);
      }
    }
  }
});
