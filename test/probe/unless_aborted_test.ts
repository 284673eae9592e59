import { assertEquals, assertRejects } from "@std/assert";
import { unlessAborted } from "../../src/probe/unless_aborted.ts";

Deno.test("what is there, or comes, is given", async () => {
  const { signal } = new AbortController();
  assertEquals(await unlessAborted(1, undefined), 1);
  assertEquals(await unlessAborted(1, signal), 1);
  assertEquals(await unlessAborted(Promise.resolve(2), signal), 2);
  await assertRejects(() => unlessAborted(Promise.reject(new Error("no")), signal), Error, "no");
});

Deno.test("a signal comes before what never does", async () => {
  const stop = new AbortController();
  const never = unlessAborted(new Promise(() => {}), stop.signal);
  stop.abort(new Error("enough"));
  await assertRejects(() => never, Error, "enough");
  await assertRejects(() => unlessAborted(new Promise(() => {}), stop.signal), Error, "enough");
});
