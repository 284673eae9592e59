import { assertEquals } from "@std/assert";
import { LostAnswers } from "../../../src/run/scanning/lost_answers.ts";

Deno.test("answers may have been lost as long as a target is waited for, after each that was dropped", () => {
  let dropped = 0;
  const lost = new LostAnswers(() => dropped, 1000);
  assertEquals(lost.at(100), false);
  dropped = 3;
  // What was dropped just now would have come at the very end of the cooldown
  assertEquals(lost.at(149), false);
  assertEquals([150, 1000, 1149, 1150].map((ms) => lost.at(ms)), [true, true, true, false]);
  dropped = 4;
  assertEquals([2000, 2900].map((ms) => lost.at(ms)), [true, true]);
  dropped = 5;
  assertEquals([2999, 3900, 3999].map((ms) => lost.at(ms)), [true, true, false]);
});
