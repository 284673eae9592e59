/** Bodies that would keep a server from all its other work. */
import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { parsedJson } from "../../../src/serve/http/body.ts";
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
