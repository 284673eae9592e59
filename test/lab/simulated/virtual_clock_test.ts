import { assert, assertEquals, assertRejects } from "@std/assert";
import { VirtualClock } from "../../../src/lab/simulated/virtual_clock.ts";

Deno.test("what is due later happens later, at once, and not when it was taken back", async () => {
  const clock = new VirtualClock();
  const log: string[] = [];
  const note = (text: string) => () => log.push(`${text} at ${clock.now}`);
  clock.after(60_000, () => clock.stop());
  clock.after(2000, note("late"));
  clock.after(1000, note("early"));
  clock.after(1000, note("behind it"));
  const takeBack = clock.after(1500, note("never"));
  clock.after(500, () => {
    takeBack();
    // All that follows from it comes before time goes on
    Promise.resolve().then(() => Promise.resolve()).then(() => clock.after(1, note("next")));
  });
  const began = performance.now();
  await clock.run();
  assertEquals(log, ["next at 501", "early at 1000", "behind it at 1000", "late at 2000"]);
  assertEquals(clock.wall, Date.UTC(2026, 0, 1, 0, 1));
  assert(performance.now() - began < 10_000);
});

Deno.test("no time passes while something else takes time", async () => {
  const clock = new VirtualClock();
  let ended = -1;
  clock.after(10, () => clock.stop());
  clock.after(5, () => {
    clock.hold(new Promise((resolve) => setTimeout(resolve, 50))).then(() => ended = clock.now);
  });
  await clock.run();
  assertEquals(ended, 5);
});

Deno.test("what a callback throws ends the clock's run", async () => {
  const clock = new VirtualClock();
  clock.after(1, () => {
    throw new Error("broken");
  });
  await assertRejects(() => clock.run(), Error, "broken");
});
