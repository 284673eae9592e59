import { assertEquals } from "@std/assert";
import { Checkpoints } from "../../src/scan/checkpoints.ts";

Deno.test("a position counts once its probes were sent and its targets concluded, and is told once", () => {
  const checkpoints = new Checkpoints(1000);
  checkpoints.mark(10, 8);
  assertEquals(checkpoints.settled(7, 5000, 5000), null);
  assertEquals(checkpoints.settled(8, 6000, 6000), null);
  checkpoints.mark(20, 15);
  checkpoints.mark(30, 20);
  assertEquals(checkpoints.settled(15, 6500, 6500), null);
  // What is read and concluded lags behind
  assertEquals(checkpoints.settled(15, 7600, 6999), null);
  assertEquals(checkpoints.settled(15, 7700, 7000), 10);
  assertEquals(checkpoints.settled(15, 7800, 7000), null);
  assertEquals(checkpoints.settled(20, 8000, 8000), 20);
  assertEquals(checkpoints.settled(20, 9000, 9000), 30);
  assertEquals(checkpoints.settled(20, 99_000, 99_000), null);
});

Deno.test("of several positions that count the last one is told, of equal ones the first mark holds", () => {
  const checkpoints = new Checkpoints(100);
  checkpoints.mark(1, 1);
  checkpoints.mark(2, 2);
  checkpoints.mark(2, 2);
  assertEquals(checkpoints.settled(2, 50, 50), null);
  assertEquals(checkpoints.settled(2, 150, 150), 2);
  assertEquals(checkpoints.settled(2, 1000, 1000), null);
});
