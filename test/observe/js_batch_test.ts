import { assert, assertEquals } from "@std/assert";
import type { Chain } from "../../src/mod.ts";
import { drainedText, feed, flowTable } from "../data/dissect.ts";
import { ethernet, type Frame, ICMP, icmpError, ip4, tcp } from "../data/packets.ts";
import { random } from "../data/random.ts";

type Random = (below: number) => number;

/** Segments of few flows, with SYNs and ends, ICMP errors among them, and gaps that timers end in. */
function frames(next: Random, count: number): Frame[] {
  let time = 1_700_000_000;
  return Array.from({ length: count }, () => {
    time += [0, 0.001, 0.4, 2, 6, 40][next(12)] ?? 0.01;
    if (next(200) === 0) time -= next(100);
    const reverse = next(2) === 0;
    const port = 1000 + next(6);
    const segment = tcp({
      source: reverse ? 80 : port,
      destination: reverse ? port : 80,
      flags: [2, 2, 0x12, 0x11, 4, 0x18][next(9)] ?? 0x10,
      // A SYN that begins another connection is often answered
      sequence: next(10),
      acknowledgment: 1 + next(10),
    });
    const ends = { source: [10, 0, 0, reverse ? 2 : 1], destination: [10, 0, 0, reverse ? 1 : 2] };
    const packet = ip4(segment, ends);
    if (next(20) > 0) return { time, data: ethernet(packet) };
    return { time, data: ethernet(ip4(icmpError(3, 0, packet), { protocol: ICMP })) };
  });
}

/** Ignores some flows and completes some, by what the packets say. */
const answering = {
  name: "answering",
  fields: { own: { type: "integer", summary: "packets", initial: 0 } },
  newFlow: (_rec, ip) => ip.payload[7]! % 5 !== 0,
  ip4: (_rec, ip) => {
    if (ip.length === 77) return false;
  },
  tcp(rec, tcp) {
    rec.own++;
    return tcp.sequence % 7 !== 3;
  },
} satisfies Chain<{ own: number }>;

Deno.test("where batches end changes nothing: every answer counts from its packet on", () => {
  let answers = 0;
  for (let seed = 1; seed <= 12; seed++) {
    const packets = frames(random(seed), 6000);
    for (const [idle, linger] of [[30, 5], [3, 5], [30, 0]] as const) {
      const run = (batch: number) => {
        const table = flowTable({ chains: ["basic", "tcp", answering], idle, linger });
        feed(table, packets, 1, batch);
        table.flush();
        return { text: drainedText(table).split("\n").sort(), stats: table.stats() };
      };
      const single = run(1);
      for (const batch of [2, 7, 64, 6000]) assertEquals(run(batch), single, `seed ${seed}`);
      const { ignored, flows, packets: all } = single.stats;
      assert(ignored! > 100 && flows! > 100 && all === 6000);
      answers += ignored!;
    }
  }
  assert(answers > 0);
});

Deno.test("more packets than one list holds", () => {
  const table = flowTable({ chains: [{ ...answering, newFlow: () => true, tcp: answering.tcp }] });
  const many = Array.from({ length: 10_000 }, (_, i) => ({
    time: 1,
    data: ethernet(ip4(tcp({ source: 1000 + i % 3, sequence: 1 }))),
  }));
  feed(table, many, 1, many.length);
  table.flush();
  assertEquals(
    drainedText(table).trim().split("\n").map((line) => JSON.parse(line).own),
    [3333, 3333, 3334],
  );
});

Deno.test("without chains in JavaScript no packet is described", () => {
  const table = flowTable({ chains: ["basic"] });
  const sizes = [table.input(1).buffer.byteLength];
  feed(table, frames(random(1), 5000));
  sizes.push(table.input(1).buffer.byteLength);
  const described = flowTable({ chains: ["basic", answering] }).input(1).buffer.byteLength;
  assert(described > sizes[0]!, "the list takes memory only where it is used");
});
