import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Failure } from "../../src/host/failure.ts";
import { inOrder, type Needed } from "../../src/plugin/requires.ts";
import { Published, source } from "./published.ts";

type Ranges = Readonly<Record<string, string>>;

function plugin(
  name: string,
  version: string,
  requires: Ranges = {},
  conflicts: Ranges = {},
): Needed {
  return { name, version, requires, conflicts, place: `${name}.ts` };
}

/** The names in order, with all plugins but the first to be found. */
async function order(...all: readonly [Needed, ...Needed[]]): Promise<string[]> {
  const [root, ...others] = all;
  const catalogue = (name: string) => Promise.resolve(others.filter((one) => one.name === name));
  return (await inOrder(root, catalogue)).map(({ name }) => name);
}

Deno.test("what is required comes before what requires it, once", async () => {
  assertEquals(
    await order(
      plugin("a", "1.0.0", { b: "^1", c: "^1" }),
      plugin("b", "1.2.0", { d: "*" }),
      plugin("c", "1.0.0", { d: ">=0.5" }),
      plugin("d", "0.5.1"),
    ),
    ["d", "b", "c", "a"],
  );
  // Of two with one name the one that fits is taken
  assertEquals(
    await order(plugin("a", "1.0.0", { b: "^2" }), plugin("b", "1.0.0"), plugin("b", "2.1.0")),
    ["b", "a"],
  );
});

Deno.test("what is missing, does not fit, conflicts or goes in a circle is named", async () => {
  const cases: readonly (readonly [readonly [Needed, ...Needed[]], string])[] = [
    [[plugin("a", "1.0.0", { b: "^1" })], "a requires b ^1, and there is no plugin b"],
    [
      [plugin("a", "1.0.0", { b: "^2" }), plugin("b", "1.0.0")],
      "a requires b ^2, and there is 1.0.0 (b.ts)",
    ],
    [
      [
        plugin("a", "1.0.0", { b: "*" }),
        plugin("b", "1.0.0", { c: "*" }),
        plugin("c", "1.0.0", { b: "*" }),
      ],
      "in a circle: b requires c requires b",
    ],
    [
      [plugin("a", "1.0.0", { b: "*" }), plugin("b", "1.0.0", { a: "*" })],
      "in a circle: a requires b requires a",
    ],
    [
      [
        plugin("a", "1.0.0", { b: "*" }, { c: "^1" }),
        plugin("b", "1.0.0", { c: "*" }),
        plugin("c", "1.5.0"),
      ],
      "a cannot run together with c 1.5.0 (c.ts)",
    ],
  ];
  for (const [all, said] of cases) {
    await assertRejects(() => order(...all), Failure, said);
  }
  // A conflict with another version is none
  assertEquals(
    await order(plugin("a", "1.0.0", { c: "*" }, { c: "^2" }), plugin("c", "1.5.0")),
    ["c", "a"],
  );
});

Deno.test("a spider runs only where what it requires is bundled, in a folder, or was added", async () => {
  await using published = new Published({
    "/added.ts": source({ name: '"added"', version: '"3.1.0"' }),
  });
  const requires = '{ ecn: "^1", lib: "^2", added: "^3" }';
  const file = published.put("strict.ts", source({ requires }, 'console.error("RUN");'));
  const ask = () => published.run(["measure", file, "--help"]);
  const first = await ask();
  assertEquals(first.code, 1);
  assertMatch(first.err, /strict requires lib \^2, and there is no plugin lib/);
  const lib = published.put(
    "config/spider/plugins/lib.ts",
    'export default { kind: "chain", name: "lib", version: "1.9.0", fields: {}, tcp() {} };',
  );
  const second = await ask();
  assertMatch(second.err, new RegExp(`requires lib \\^2, and there is 1\\.9\\.0 \\(${lib}\\)`));
  Deno.writeTextFileSync(lib, Deno.readTextFileSync(lib).replace("1.9.0", "2.0.0"));
  assertMatch((await ask()).err, /requires added \^3, and there is no plugin added/);
  await published.run(["plugins", "add", published.url("/added.ts"), "--trust"]);
  const last = await ask();
  assertEquals(last.code, 0, last.err);
  const checked = await published.run(["plugins", "check", file]);
  assertEquals(checked.code, 0, checked.out);
});
