import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Schedule } from "../../../src/lab/box/schedule.ts";

Deno.test("what is due happens by its time, and in the order of its coming", () => {
  fc.assert(fc.property(fc.array(fc.nat(20)), fc.nat(20), (times, now) => {
    const schedule = new Schedule();
    const done: [number, number][] = [];
    times.forEach((at, order) => schedule.add(at, () => done.push([at, order])));
    const expected = times.map((at, order): [number, number] => [at, order])
      .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    schedule.run(now);
    assertEquals(done, expected.filter(([at]) => at <= now));
    assertEquals(schedule.size, times.length - done.length);
    schedule.run(20);
    assertEquals(done, expected);
  }));
});
