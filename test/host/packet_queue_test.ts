import { assertEquals } from "@std/assert";
import { dropsIn } from "../../src/host/packet_queue.ts";

Deno.test("packets that a queue lost are counted, of all queues", () => {
  const line = "    2   4558     0 2 65531     3     4      981  1\n";
  assertEquals(dropsIn(line + line.replace("    3     4", "   10     0")), 17);
  assertEquals(dropsIn(""), 0);
});
