import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Published, source } from "./published.ts";

Deno.test("a spider is found by its file, its folder, and its name in a plugin folder", async () => {
  await using published = new Published({});
  const file = published.put("config/spider/plugins/strict.ts", source());
  published.put("more/lax/mod.ts", source({ name: '"lax"' }));
  const more = published.at("more");
  for (
    const args of [["strict"], [file], [`${more}/lax`], ["lax", "--plugin-dir", more], [
      "--plugin-dir",
      more,
      "lax",
    ]]
  ) {
    const { code, out, err } = await published.run(["measure", ...args, "--help"]);
    assertEquals([code, err], [0, ""]);
    assertStringIncludes(out, "for tests");
  }
  const missing = await published.run(["measure", "lax"]);
  assertEquals(missing.code, 2);
  assertMatch(missing.err, /unknown spider lax/);
});

Deno.test("a name that two plugins of a kind have is an error that names both places", async () => {
  await using published = new Published({});
  const file = published.put("config/spider/plugins/ecn.ts", source({ name: '"ecn"' }));
  const { code, err } = await published.run(["measure", "ecn"]);
  assertEquals(code, 1);
  assertMatch(err, /two plugins ecn: the program itself and .*plugins\/ecn\.ts/);
  assertStringIncludes(err, file);
  // A chain of that name is another matter
  published.put(
    "config/spider/plugins/ecn.ts",
    'export default { kind: "chain", name: "ecn", fields: {}, tcp() {} };',
  );
  assertEquals((await published.run(["measure", "ecn", "--help"])).code, 0);
});

Deno.test("a local spider that is none says all that is wrong with it", async () => {
  await using published = new Published({});
  const cases: Readonly<Record<string, readonly [string, RegExp]>> = {
    "throws.ts": [
      'const x: number = 1;\nthrow new Error("on purpose");',
      /on purpose\n.*throws\.ts:2:/,
    ],
    "syntax.ts": ["export default {", /syntax\.ts cannot be loaded: /],
    "none.ts": ["export const a = 1;", /has no default export/],
    "text.ts": ['export default "spider";', /default export is no object/],
    "kind.ts": [source({ kind: '"chain"' }), /its kind is "chain", not "spider"/],
    "less.ts": [
      source({ arms: "[]", conclude: "" }),
      /its arms must have one arm or more; its conclude is missing/,
    ],
  };
  for (const [name, [text, said]] of Object.entries(cases)) {
    const { code, err } = await published.run(["measure", published.put(name, text)]);
    assertEquals(code, 1, name);
    assertMatch(err, said);
  }
  const other = published.put("config/spider/plugins/other.ts", source());
  const { code, err } = await published.run(["measure", "other"]);
  assertEquals(code, 1);
  assertStringIncludes(err, `${other} calls itself strict`);
});

Deno.test("the list has every plugin, broken ones with the reason, and runs none of them", async () => {
  await using published = new Published({ "/added.ts": source({ name: '"added"' }) });
  published.put("config/spider/plugins/strict.ts", source({}, 'console.error("IT WAS RUN");'));
  published.put("config/spider/plugins/broken.ts", "export default {");
  published.put("config/spider/plugins/less.ts", source({ name: '"less"', version: "" }));
  published.put("config/spider/plugins/ecn.ts", source({ name: '"ecn"' }));
  published.put("config/spider/plugins/notes.txt", "no plugin");
  await published.run(["plugins", "add", published.url("/added.ts"), "--trust"]);
  const { code, out, err } = await published.run(["plugins", "list", "--json"]);
  assertEquals([code, err], [0, ""]);
  const list = JSON.parse(out) as { name: string; from: string; broken: string | null }[];
  const broken = Object.fromEntries(
    list.filter(({ from }) => from !== "bundled").map(({ name, broken }) => [name, broken]),
  );
  assertEquals(Object.keys(broken).sort(), ["added", "broken", "ecn", "less", "strict"]);
  assertEquals([broken.added, broken.strict], [null, null]);
  assertMatch(broken.broken!, /cannot be read/);
  assertMatch(broken.less!, /its version is missing/);
  assertMatch(broken.ecn!, /two plugins ecn/);
  const text = await published.run(["plugins", "list"]);
  assertMatch(text.out, /^strict +spider +1\.0\.0 +for tests +\/.*strict\.ts$/m);
});

Deno.test("a published plugin's hash is that of its file", async () => {
  await using published = new Published({ "/strict.ts": source() });
  const file = published.put("strict.ts", source());
  const of = async (word: string) =>
    JSON.parse((await published.run(["plugins", "info", word, "--json"])).out);
  const [local, remote] = [await of(file), await of(published.url("/strict.ts"))];
  assertEquals(local.sha256, remote.sha256);
  assertEquals(local.published, "runs from a URL without access of its own");
  assertEquals(remote.runs, "not before it is trusted");
});

Deno.test("the list remembers what files say, and sees every change of them", async () => {
  await using published = new Published({});
  const file = published.put("config/spider/plugins/strict.ts", source());
  const old = new Date(Date.now() - 60_000);
  const written = Deno.statSync(file).mtime!.getTime();
  const { now } = Date;
  /** Lists at a time of day: since the file was written in milliseconds, or as it is. */
  const list = async (since?: number) => {
    if (since !== undefined) Date.now = () => written + since;
    try {
      const { code, out, err } = await published.run(["plugins", "list", "--json"]);
      assertEquals(code, 0, err);
      return JSON.parse(out).find(({ name }: { name: string }) => name === "strict");
    } finally {
      Date.now = now;
    }
  };
  const cache = published.at("data/spider/store/described.json");
  const before = await list(1000);
  // What has just changed may change again unseen, so it is not remembered
  assertEquals(JSON.parse(text(cache) || '{"plugins":[]}').plugins, []);
  // Longer than times of files are coarse
  assertEquals(await list(2100), before);
  const [entry] = JSON.parse(text(cache)).plugins;
  assertEquals(entry[1].description, before);
  // To show that it is read from there, the stored entry is changed
  Deno.writeTextFileSync(cache, text(cache).replace("for tests", "FROM THERE"));
  assertEquals((await list(2100)).summary, "FROM THERE");
  // The same size, and a time of modification of long ago
  Deno.writeTextFileSync(file, source({ summary: '"for rests"' }));
  Deno.utimeSync(file, old, old);
  assertEquals((await list()).summary, "for rests");
  Deno.writeTextFileSync(cache, '{"by":1,"plugins":[[1,null]]}');
  assertEquals((await list()).summary, "for rests");
});

function text(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

Deno.test("where a file of the name lies that was given, it is what is suggested", async () => {
  await using published = new Published({});
  const folder = published.put("here/own_one.ts", source()).replace(/\/[^/]*$/, "");
  const within = (line: readonly string[]) => ["env", "-C", folder, ...line];
  for (const args of [["measure"], ["plugins", "info"], ["plugins", "check"], ["observe"]]) {
    const { code, err } = await published.spawn([...args, "own_one"], { within });
    assertEquals(code, 2, err);
    assertMatch(err, /did you mean the file \.\/own_one\.ts\?\n$/);
  }
});
