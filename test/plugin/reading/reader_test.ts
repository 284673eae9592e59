import { assertEquals, assertRejects } from "@std/assert";
import { Failure } from "../../../src/host/failure.ts";
import { SourceReader } from "../../../src/plugin/reading/reader.ts";
import { SourceFailure } from "../../../src/plugin/reading/source_failure.ts";
import { Published } from "../published.ts";

const ask = (source: string) => ({ source, where: "a.ts", imports: true, manifest: true });

Deno.test("a source that breaks the parser costs its reader alone, and the next one is read", async () => {
  await using reader = new SourceReader();
  const deep = 300_000;
  const sources = [
    `export default ${"(".repeat(deep)}1${")".repeat(deep)};`,
    `export default ${"[".repeat(deep)}${"]".repeat(deep)};`,
    `type A = ${"{a:".repeat(deep)}1${"}".repeat(deep)}; export default {};`,
  ];
  // Asked for at once, they are read one after the other
  const [good, ...broken] = [
    reader.read(ask('export default { name: "a" };')),
    ...sources.map((source) =>
      assertRejects(
        () => reader.read(ask(source)),
        Failure,
        "a.ts cannot be read: the parser does not survive it",
      )
    ),
  ];
  const after = reader.read(ask('import "./b.ts"; export default import.meta.url;'));
  await Promise.all(broken);
  const { manifest } = await good!;
  assertEquals(manifest !== null && "data" in manifest && manifest.data, { name: "a" });
  const { imports, metas, manifest: none } = await after;
  assertEquals([imports.map(({ specifier }) => specifier), metas], [["./b.ts"], [[32, 43]]]);
  assertEquals(none, {
    problem: "a.ts is not a plugin that can be inspected: its default export must be written as " +
      "an object in that module",
  });
});

Deno.test("a reader that is closed starts no process", async () => {
  const reader = new SourceReader();
  await reader[Symbol.asyncDispose]();
  await assertRejects(() => reader.read(ask("")), Error, "the reader of sources is closed");
});

Deno.test("a long module whose types are written anew is read like any other", async () => {
  await using reader = new SourceReader();
  const source = "enum Long { A }\n" +
    Array.from({ length: 12_000 }, (_, at) => `const a${at} = { b: [${at}, 2] };\n`).join("") +
    "export default { name: 'a' };\n";
  const { manifest } = await reader.read(ask(source));
  assertEquals(manifest !== null && "lines" in manifest && manifest.lines.length, 2);
});

Deno.test("what is wrong with a source comes back with its place", async () => {
  await using reader = new SourceReader();
  const error = await assertRejects(() => reader.read(ask("\n\nlet = ;")), SourceFailure);
  assertEquals([error.where, error.line], ["a.ts", 3]);
});

Deno.test("a stranger's source that breaks the parser is refused in one sentence", async () => {
  const deep = 300_000;
  await using published = new Published({
    "/a.ts": `export default ${"(".repeat(deep)}1${")".repeat(deep)};`,
  });
  const url = published.url("/a.ts");
  for (const args of [["plugins", "add", url, "--trust"], ["plugins", "check", url]]) {
    const { code, out, err } = await published.run(args);
    assertEquals([code, published.lock], [1, ""]);
    assertEquals(
      `${out}${err}`.includes("cannot be read: the parser does not survive it"),
      true,
    );
  }
});
