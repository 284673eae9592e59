import { assertEquals, assertRejects } from "@std/assert";
import { whileAllowed } from "../../../src/serve/keys/while_allowed.ts";

Deno.test("an answer goes on while it may be seen, which is asked once a second", async () => {
  let now = 0;
  let asked = 0;
  let isAllowed = true;
  const cancelled = Promise.withResolvers<void>();
  const answer = whileAllowed(
    new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(1)),
      cancel: () => cancelled.resolve(),
    }),
    () => {
      asked++;
      return isAllowed;
    },
    () => now,
  );
  const reader = answer.getReader();
  for (now = 0; now < 3000; now += 250) assertEquals((await reader.read()).done, false);
  assertEquals(asked, 2);
  isAllowed = false;
  now = 3999;
  await assertRejects(() => reader.read(), Error, "not taken any more");
  assertEquals(asked, 3);
  await cancelled.promise;
});
