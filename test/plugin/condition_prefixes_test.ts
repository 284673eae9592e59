import { assertEquals, assertMatch } from "@std/assert";
import { Published, source } from "./published.ts";

const conclude = "() => []";

Deno.test("a plugin from a URL has no names of what ships with the program", async () => {
  const conditions = (...names: string[]) =>
    `{ ${names.map((name) => `${JSON.stringify(name)}: "a meaning"`).join(", ")} }`;
  const cases: Readonly<Record<string, readonly [Record<string, string>, RegExp]>> = {
    name: [{ name: '"ecn"' }, /its name ecn is taken by what ships with the program/],
    conditions: [
      { conditions: conditions("ecn.connectivity.works"), conclude },
      /its conditions ecn\.\* are those of what ships with the program/,
    ],
    "the program's own": [
      { conditions: conditions("pathspider.not_observed"), conclude },
      /its conditions pathspider\.\* are those of what ships/,
    ],
    "a value that may be any name": [
      { conditions: conditions("N.connectivity.works"), conclude },
      /its conditions begin with "N", which is no name/,
    ],
    "what --locate adds": [
      { locate: '{ names: ["dscp.46"], features: () => [] }' },
      /its conditions dscp\.\* are those of what ships/,
    ],
    "conditions that only running it shows": [
      { conditions: 'Object.fromEntries([["other.seen", "x"]])', conclude },
      /its conditions "other\.\*" are not of its name strict/,
    ],
  };
  await using published = new Published(
    Object.fromEntries(
      Object.values(cases).map(([members], at) => [`/${at}.ts`, source(members)]),
    ),
  );
  for (const [at, [what, [, said]]] of Object.entries(cases).entries()) {
    const { code, err } = await published.run(
      ["plugins", "add", published.url(`/${at}.ts`), "--trust"],
    );
    assertEquals([code, published.lock], [1, ""], what);
    assertMatch(err, said, what);
  }
});

Deno.test("conditions in another name are shown before they are accepted", async () => {
  await using published = new Published({
    "/a.ts": source({ conditions: '{ "strict.seen": "x", "bleach.N": "y" }' }),
  });
  const url = published.url("/a.ts");
  const asked = await published.run(["plugins", "add", url]);
  assertMatch(asked.err, /\n {2}conditions in other names: bleach\n/);
  assertEquals((await published.run(["plugins", "add", url, "--trust"])).code, 0);
});
