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
    "conditions of a spider that is called otherwise": [
      { name: '"sack"', conditions: conditions("sack.connectivity.broken"), conclude },
      /its name sack is taken by what ships with the program/,
    ],
    "a getter in place of the name that is shown": [
      {
        "get name()": "",
        conditions: 'Object.fromEntries([["bleach.seen", "x"]])',
        conclude: '() => [] , get name() { return "bleach"; }',
      },
      /its name must be a literal text in the source/,
    ],
    "a spread that changes it": [
      { conclude: '() => [], ...JSON.parse(\'{"version":"9.9.9"}\')' },
      /its "version" is not what its source says once it runs/,
    ],
    "what is no text": [
      { locate: "{ names: [{ toString: 1, valueOf: 1 }], features: () => [] }" },
      /its locate.names.0 must be a dotted name/,
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

Deno.test("with --allow the names are checked once it runs, and by a check before", async () => {
  await using published = new Published({
    "/a.ts": source({
      conditions: 'Object.fromEntries([["ecn.connectivity.broken", "x"]])',
      conclude: "() => []",
    }),
    "/ecn.ts": source({ name: '"ecn"' }),
  });
  const url = published.url("/a.ts");
  assertEquals((await published.run(["plugins", "add", url, "--allow", "--trust"])).code, 0);
  const { code, err } = await published.run(["measure", url, "--help"]);
  assertEquals(code, 1);
  assertMatch(err, /cannot run: its conditions ecn\.\* are those of what ships/);
  const checked = await published.run(["plugins", "check", published.url("/ecn.ts")]);
  assertEquals(checked.code, 1);
  assertMatch(checked.out, /its name ecn is taken by what ships with the program/);
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
