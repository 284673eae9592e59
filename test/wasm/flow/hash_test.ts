import { assert, assertEquals } from "@std/assert";
import { dissect, drainedText, feed, flowTable, there } from "../../data/dissect.ts";
import { ethernet, ip6, tcp } from "../../data/packets.ts";
import { random } from "../../data/random.ts";

const SEED = 88;

Deno.test("flows with the same hash are told apart by all of their keys", () => {
  // With a seed of zeros every IPv4 flow has the same one: it is a sum of products with one factor 0
  const frames = Array.from(
    { length: 6000 },
    (_, i) => there(1000 + i / 1000, { source: i * 7 % 1500 }),
  );
  const { flows, stats } = dissect(frames, { seed: new Uint8Array(SEED) });
  assertEquals(stats.flows, 1500);
  assertEquals(new Set(flows.map((flow) => flow.sp)).size, 1500);
  assert(flows.every((flow) => flow.pkt_fwd === 4));
});

Deno.test("flows with the same hash come and go in any order", () => {
  const next = random(8);
  const frames = Array.from(
    { length: 20_000 },
    (_, i) => there(1000 + i / 16, { source: next(300) }),
  );
  const collide = dissect(frames, { idle: 9, seed: new Uint8Array(SEED) });
  const spread = dissect(frames, { idle: 9 });
  assertEquals(collide.flows, spread.flows);
  assertEquals(collide.stats, spread.stats);
});

Deno.test("records and their order do not depend on the seed", () => {
  const next = random(9);
  const frames = Array.from({ length: 20_000 }, (_, i) => {
    const time = 1000 + i / 64;
    if (next(2) === 0) return there(time, { source: next(5000) });
    return { time, data: ethernet(ip6(tcp({ source: next(5000) }))) };
  });
  const texts = [0, 1, 2, 3].map((fill) => {
    const seed = Uint8Array.from({ length: SEED }, (_, i) => fill * (i + 1) * 37);
    const table = flowTable(fill === 0 ? {} : { seed });
    feed(table, frames);
    table.flush();
    return drainedText(table);
  });
  assert(texts.every((text) => text === texts[0]));
});
