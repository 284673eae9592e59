/** Bodies that would keep a server from all its other work. */
import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { bodyOctets, parsedJson } from "../../../src/serve/http/body.ts";
import { ProblemError } from "../../../src/serve/http/problem.ts";
import { RunningServer } from "../running_server.ts";

const list = (element: string, count: number) => `[${Array(count).fill(element).join(",")}]`;

Deno.test("objects have no prototypes at any depth, and keys no meaning", () => {
  const body = parsedJson(
    new TextEncoder().encode('[{"a":{"__proto__":{"b":1}},"hasOwnProperty":[{}]}]'),
  ) as [{ a: { __proto__: unknown }; hasOwnProperty: [unknown] }];
  const [{ a, hasOwnProperty: [inner] }] = body;
  for (const object of [body[0], a, a["__proto__"], inner]) {
    assertEquals(Object.getPrototypeOf(object), null);
  }
  assertEquals(Object.keys(a), ["__proto__"]);
  const error = assertThrows(() => parsedJson(new TextEncoder().encode("{")), ProblemError);
  assertEquals(error.status, 400);
});

Deno.test("a body of very many values, or of faults, is refused at once", async () => {
  await using running = new RunningServer({ requests: { body: 4 << 20 } });
  const refused = async (path: string, body: string, expected: number) => {
    const answer = await running.ask(path, {
      ...{ method: "POST", body, headers: { "content-type": "application/json" } },
    });
    assertEquals(answer.status, expected, answer.text);
    return JSON.parse(answer.text).detail;
  };
  const asked = (targets: string) => `{"spider":"ecn","targets":${targets}}`;
  const values = "a body has at most 400000 values here";
  assertEquals(await refused("/measurements", asked(list("1", 1_000_000)), 413), values);
  assertEquals(await refused("/measurements", asked(list("{}", 1_000_000)), 413), values);
  assertMatch(
    await refused("/measurements", asked(list("{}", 3_000_000)), 413),
    /at most 8388608 octets/,
  );
  assertMatch(
    await refused("/measurements", asked(list("1", 300_000)), 422),
    /targets must be a list of 1 to 100000 targets/,
  );
  assertMatch(
    await refused("/measurements", asked(list("1", 100_000)), 422),
    /in 1,000 or more places/,
  );
  assertMatch(
    await refused("/pings", `{"targets":${list("1", 390_000)}}`, 422),
    /must be a list of 1 to 100 addresses/,
  );
  const deep = "[".repeat(400_000) + "]".repeat(400_000);
  assertEquals(await refused("/pings", deep, 422), "a body is nested at most 128 deep here");
  const members = Array.from({ length: 190_000 }, (_, at) => `"k${at}":1`).join(",");
  assertEquals(
    await refused("/measurements", `{${members}}`, 413),
    "an object in a body has at most 10000 members here",
  );
});

/** A request whose body is that of a stream. */
function sent(body: ReadableStream<Uint8Array>): Request {
  return new Request("http://localhost/", { method: "POST", body });
}

Deno.test("a body's pieces are copied as they come: their buffers may be large, and another's", async () => {
  const text = "The octets of a body, each in a piece of its own. ".repeat(1000);
  const all = new TextEncoder().encode(text);
  const buffer = new Uint8Array(65_536);
  let at = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at === all.length) return controller.close();
      buffer[0] = all[at++]!;
      controller.enqueue(buffer.subarray(0, 1));
    },
  }, { highWaterMark: 0 });
  const octets = await bodyOctets(sent(body), { most: all.length, seconds: 60 });
  assertEquals(new TextDecoder().decode(octets), text);
  assertEquals(octets.buffer.byteLength, all.length, "no room is kept that is not needed");
});

Deno.test("a body that is too large, late, given up or broken is told so, and read no further", async () => {
  const refused = async (
    most: number,
    seconds: number,
    pull: (controller: ReadableStreamDefaultController<Uint8Array>) => unknown,
    giveUp?: AbortSignal,
  ) => {
    let isCancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull: async (controller) => void await pull(controller),
      cancel: () => void (isCancelled = true),
    }, { highWaterMark: 0 });
    const limits = { most, seconds, ...(giveUp === undefined ? {} : { giveUp }) };
    const { status, more } = await assertRejects(
      () => bodyOctets(sent(body), limits),
      ProblemError,
    );
    return [status, more.headers?.connection, isCancelled];
  };
  const octet = (controller: ReadableStreamDefaultController<Uint8Array>) =>
    controller.enqueue(new Uint8Array(1));
  const never = () => new Promise<void>(() => {});
  assertEquals(await refused(100, 60, octet), [413, "close", true]);
  assertEquals(await refused(100, 0.01, never), [408, "close", true]);
  assertEquals(await refused(100, 60, never, AbortSignal.abort()), [503, "close", true]);
  const others = new AbortController();
  const crowded = refused(100, 60, never, others.signal);
  others.abort();
  assertEquals(await crowded, [503, "close", true]);
  const broken = await refused(100, 60, (controller) => controller.error(new Error("gone")));
  assertEquals(broken, [400, undefined, false]);
});
