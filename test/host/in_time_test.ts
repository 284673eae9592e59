import { assertEquals, assertRejects } from "@std/assert";
import { inTime } from "../../src/host/in_time.ts";

Deno.test("an end that came while this process was busy is in time", async () => {
  const child = new Deno.Command("sleep", { args: ["60"] }).spawn();
  child.kill("SIGTERM");
  const ended = inTime(child.status, 100);
  for (const until = performance.now() + 300; performance.now() < until;);
  assertEquals((await ended)?.signal, "SIGTERM");
});

Deno.test("what gives nothing in time gives null, and what fails fails", async () => {
  assertEquals(await inTime(new Promise(() => {}), 30), null);
  await assertRejects(() => inTime(Promise.reject(new TypeError("no")), 1000), TypeError, "no");
});
