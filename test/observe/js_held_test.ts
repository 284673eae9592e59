/** Chains in JavaScript, and segments that were held aside until it was known whose they are. */
import { assertEquals } from "@std/assert";
import type { Chain } from "../../src/mod.ts";
import { back, drained, feed, flowTable, passedOver, there } from "../data/dissect.ts";
import { ACK, type Frame, SYN } from "../data/packets.ts";

const OTHER = 70_000;

const frames: readonly Frame[] = [
  there(0, { flags: SYN, sequence: 1000 }),
  back(0.1, { flags: SYN | ACK, sequence: 5000, acknowledgment: 1001 }),
  there(0.2, { flags: ACK, sequence: 1001, acknowledgment: 5001 }),
  there(1, { flags: SYN, sequence: OTHER }),
];
const answer = back(2, { flags: SYN | ACK, sequence: 90_000, acknowledgment: OTHER + 1 });

/** Notes what it sees; of a flow that begins with a given SYN it wants nothing. */
function noting(unwanted?: number): Chain<{ own: unknown }> {
  return {
    name: "noting",
    fields: { own: { type: "json", summary: "packets", initial: [] as unknown[] } },
    newFlow: (_rec, ip) => new DataView(ip.payload.slice().buffer).getUint32(4) !== unwanted,
    tcp(rec, tcp, rev) {
      (rec.own as unknown[]).push([tcp.ip.time, tcp.sequence, rev]);
    },
  };
}

/** What becomes of frames that come one by one, each in the place of the one before. */
function run(
  all: readonly Frame[],
  unwanted?: number,
  end = (table: ReturnType<typeof flowTable>) => table.flush(),
) {
  const table = flowTable({ chains: ["basic", noting(unwanted)] });
  for (const frame of all) {
    feed(table, [frame]);
    table.input(0).fill(0xee);
  }
  end(table);
  return {
    flows: (drained(table) as unknown as { own: unknown }[]).map(({ own }) => own),
    passed: passedOver(table),
  };
}

const handshake = [[0, 1000, false], [0.1, 5000, true], [0.2, 1001, false]];
const held = [1, OTHER, false];

Deno.test("a chain sees a SYN that was held as the first packet of its flow", () => {
  assertEquals(run([...frames, answer]), {
    flows: [handshake, [held, [2, 90_000, true]]],
    passed: {},
  });
});

Deno.test("a chain sees a SYN that was held in vain in the flow that it counts to, also at the end", () => {
  const data = there(2, { flags: ACK, sequence: 1001 });
  const all = [...handshake, held];
  assertEquals(run([...frames, data]).flows, [[...all, [2, 1001, false]]]);
  assertEquals(run(frames).flows, [all]);
  assertEquals(run(frames, undefined, (table) => table.advance(40_000)).flows, [all]);
  const expect = (table: ReturnType<typeof flowTable>) => {
    table.expect({ address: "192.0.2.1", port: 40000 }, { address: "198.51.100.7", port: 80 }, 6);
  };
  assertEquals(run(frames, undefined, expect).flows, [all]);
});

Deno.test("a chain that wants nothing of a flow is asked at its SYN, which is ignored with it", () => {
  assertEquals(run([...frames, answer], OTHER), { flows: [handshake], passed: { ignored: 2 } });
  assertEquals(run([...frames, answer], 1000), { flows: [], passed: { ignored: 5 } });
});
