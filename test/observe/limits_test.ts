import { assertEquals } from "@std/assert";
import { Limits } from "../../src/observe/limits.ts";
import { wholeRecords } from "../../src/observe/records.ts";
import { there } from "../data/dissect.ts";
import { records } from "../data/packets.ts";

const START = 1_700_000_000;
/** A packet every tenth of a second. */
const BATCH = records(Array.from({ length: 10 }, (_, at) => there(START + at / 10)));
const ONE = BATCH.length / 10;

Deno.test("without limits everything is taken", () => {
  const limits = new Limits();
  assertEquals([limits.allow(7), limits.take(BATCH, 10, 1), limits.reached], [
    7,
    BATCH.length,
    null,
  ]);
});

Deno.test("a count allows what is left of it, and is reached exactly", () => {
  const limits = new Limits({ count: 15 });
  assertEquals(limits.allow(10), 10);
  assertEquals([limits.take(BATCH, 10, 1), limits.reached], [BATCH.length, null]);
  assertEquals(limits.allow(10), 5);
  assertEquals(limits.take(BATCH.subarray(0, 5 * ONE), 5, 1), 5 * ONE);
  assertEquals([limits.allow(10), limits.reached], [0, "count"]);
});

Deno.test("a duration begins with the first packet, and ends before the packet that is later", () => {
  const cases: [number, number][] = [[0.05, 1], [0.1, 1], [0.100001, 2], [0.75, 8], [0.9, 9]];
  for (const [duration, packets] of cases) {
    const limits = new Limits({ duration });
    assertEquals(limits.take(BATCH, 10, 1), packets * ONE, `${duration}`);
    assertEquals(limits.reached, "duration");
  }
  const long = new Limits({ duration: 1e9 });
  assertEquals([long.take(BATCH, 10, 1), long.reached], [BATCH.length, null]);
});

Deno.test("a duration counts over batches, in microseconds too, to the nanosecond", () => {
  const limits = new Limits({ duration: 1 });
  assertEquals(limits.take(BATCH, 10, 1), BATCH.length);
  const later = records([there(START + 0.999999), there(START + 1)]);
  assertEquals(limits.take(later, 2, 1), ONE);
  const micro = new Limits({ duration: 0.5 });
  const batch = BATCH.slice();
  const view = new DataView(batch.buffer);
  for (let at = 0; at < batch.length; at += ONE) {
    view.setUint32(at + 4, view.getUint32(at + 4, true) / 1000, true);
  }
  assertEquals(micro.take(batch, 10, 1000), 5 * ONE);
});

Deno.test("from a given time, a duration ends without packets too, and at once when told", () => {
  const limits = new Limits({ duration: 2, from: START * 1000 });
  limits.tell(START * 1000 + 1999);
  assertEquals(limits.reached, null);
  limits.tell(START * 1000 + 2000);
  assertEquals(limits.reached, "duration");
  const ended = new Limits();
  ended.end(START * 1000 + 350);
  assertEquals(ended.take(BATCH, 10, 1), 4 * ONE);
});

Deno.test("records that are whole, and one that is cut", () => {
  const counted = [0, 15, 16, ONE - 1, ONE, ONE + 16, 3 * ONE - 1].map((octets) =>
    wholeRecords(BATCH.subarray(0, octets)) / ONE
  );
  assertEquals(counted, [0, 0, 0, 0, 1, 1, 2]);
});
