import { assert, assertEquals } from "@std/assert";
import { Pace, rateOf } from "../../src/scan/pace.ts";

/** Lets packets pass for a time, with a look each so often; how many passed. */
function passed(rate: number, milliseconds: number, look: (at: number) => number): number {
  const pace = new Pace(rate);
  let count = 0;
  for (let now = 1000; now < 1000 + milliseconds; now += look(now)) {
    count += pace.take(now, 1 << 20);
  }
  return count;
}

for (const rate of [1, 17, 1000, 10_000, 123_456, 500_000]) {
  Deno.test(`${rate} packets a second pass within 1 %, however irregular the looks are`, () => {
    const seconds = rate < 100 ? 1000 : 10;
    let state = 1;
    const looks = [
      () => 1,
      () => 0.13,
      () => 7.7,
      () => (state = state * 48_271 % 2_147_483_647) % 40 + 0.1,
    ];
    for (const look of looks) {
      const count = passed(rate, seconds * 1000, look);
      assert(Math.abs(count - rate * seconds) <= 0.01 * rate * seconds, `${count}`);
    }
  });
}

Deno.test("after a pause no more than a twentieth of a second is caught up", () => {
  const pace = new Pace(100_000);
  assertEquals(pace.take(0, 1 << 20), 1);
  assertEquals(pace.take(10_000, 1 << 20), 5001);
  assertEquals(pace.take(10_000, 1 << 20), 0);
});

Deno.test("what was taken and not sent counts for nothing", () => {
  const pace = new Pace(1000);
  assertEquals(pace.take(0, 10), 1);
  assertEquals(pace.take(10, 100), 10);
  pace.giveBack(4);
  assertEquals(pace.take(10, 100), 4);
});

Deno.test("it tells when the next may pass", () => {
  const pace = new Pace(10);
  assertEquals(pace.take(0, 100), 1);
  assertEquals(Math.round(pace.wait(0)), 100);
  assertEquals(Math.round(pace.wait(60)), 40);
  assertEquals(pace.take(101, 100), 1);
});

Deno.test("without a rate everything passes", () => {
  assertEquals(new Pace(0).take(5, 512), 512);
});

Deno.test("a bandwidth counts what Ethernet adds", () => {
  // 60 octets of IP and 38 of Ethernet are 784 bits
  assertEquals(rateOf(784_000, 60), 1000);
  // The shortest frame takes 84 octets (1,488,095 a second on a gigabit)
  assertEquals(Math.floor(rateOf(1e9, 40)), 1_488_095);
});
