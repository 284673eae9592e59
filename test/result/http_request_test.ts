import { assertEquals, assertRejects } from "@std/assert";
import { type Ask, NoAnswer, request } from "../../src/result/http_request.ts";

/** A server that answers with some pieces of a body, and then with what `more` gives. */
function answering(more: (controller: ReadableStreamDefaultController<Uint8Array>) => unknown) {
  return Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response(new ReadableStream({ pull: async (one) => void await more(one) })),
  );
}

function ask({ addr }: Deno.HttpServer<Deno.NetAddr>, more: Partial<Ask> = {}): Ask {
  return {
    method: "GET",
    url: new URL(`http://127.0.0.1:${addr.port}/`),
    headers: {},
    patience: 10_000,
    signal: new AbortController().signal,
    ...more,
  };
}

Deno.test("of an answer that never ends the beginning is read", async () => {
  await using server = answering((one) => one.enqueue(new Uint8Array(1000).fill(97)));
  const { status, text } = await request(ask(server, { most: 2500 }));
  assertEquals([status, text], [200, "a".repeat(2500)]);
});

Deno.test("an answer that comes in drops ends with the time that it may take", async () => {
  const ended = Promise.withResolvers<void>();
  await using server = answering(async (one) => {
    await Promise.race([ended.promise, new Promise((resolve) => setTimeout(resolve, 20))]);
    one.enqueue(new Uint8Array(1));
  });
  const { message } = await assertRejects(
    () => request(ask(server, { patience: 1000, within: 100 })),
    NoAnswer,
  );
  assertEquals(message, "no whole answer within 0.1 s");
  ended.resolve();
});
