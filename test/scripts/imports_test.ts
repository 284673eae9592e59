import { assertEquals } from "@std/assert";
import { circles } from "../../scripts/imports/circles.ts";
import { importProblems } from "../../scripts/imports/problems.ts";

const ROOT = "file:///project/";
const of = (files: Readonly<Record<string, readonly string[]>>) =>
  new Map(
    Object.entries(files).map(([file, targets]) => [
      ROOT + file,
      targets.map((target) => ROOT + target),
    ]),
  );
const problems = (files: Readonly<Record<string, readonly string[]>>, texts = {}) =>
  importProblems(
    of(files),
    new Map(Object.entries(texts).map(([file, text]) => [ROOT + file, String(text)])),
    ROOT,
  );

Deno.test("circles are found, however long, and nothing else", () => {
  const imports = new Map([
    ["a", ["b", "e"]],
    ["b", ["c"]],
    ["c", ["a"]],
    ["d", ["a", "e"]],
    ["e", ["gone"]],
    ["f", ["f"]],
  ]);
  assertEquals(circles(imports).map((group) => group.sort()), [["a", "b", "c"], ["f"]]);
});

Deno.test("imports go down the floors, and stay on them", () => {
  assertEquals(
    problems({
      "src/cli/a.ts": ["src/run/b.ts", "src/cli/c.ts"],
      "src/cli/c.ts": ["src/host/d.ts"],
      "src/run/b.ts": [],
      "src/host/d.ts": ["src/contract/e.ts"],
      "src/contract/e.ts": [],
    }),
    [],
  );
  assertEquals(problems({ "src/host/a.ts": ["src/measure/b.ts"], "src/measure/b.ts": [] }), [
    "src/host/a.ts imports src/measure/b.ts, which is not for it",
  ]);
  assertEquals(problems({ "src/attic/a.ts": [] }), ["src/attic/a.ts stands on no floor"]);
});

Deno.test("plugins import from the library, and from each other", () => {
  const files = { "plugins/spiders/a.ts": ["src/mod.ts", "plugins/chains/b.ts"] };
  assertEquals(problems({ ...files, "plugins/chains/b.ts": [], "src/mod.ts": [] }), []);
  assertEquals(problems({ "plugins/a.ts": ["src/host/b.ts"] }), [
    "plugins/a.ts imports src/host/b.ts, which is not for it",
  ]);
});

Deno.test("the page shares types with the rest, and nobody imports it", () => {
  const types = { "src/contract/a.ts": [], "src/types/b.d.ts": [] };
  assertEquals(
    problems({ "src/page/c.ts": ["src/contract/a.ts", "src/types/b.d.ts"], ...types }),
    [],
  );
  assertEquals(
    problems({ "src/page/c.ts": ["src/host/d.ts"], "src/host/d.ts": ["src/page/c.ts"] }).slice(1),
    [
      "src/page/c.ts imports src/host/d.ts, which is not for it",
      "src/host/d.ts imports src/page/c.ts, which is not for it",
    ],
  );
});

Deno.test("native libraries are opened in one room", () => {
  const text = 'Deno.dlopen("libc.so.6", {})';
  assertEquals(problems({ "src/host/a.ts": [] }, { "src/host/a.ts": text }), []);
  assertEquals(problems({ "src/probe/a.ts": [] }, { "src/probe/a.ts": text }), [
    "src/probe/a.ts opens a native library, which src/host alone may do",
  ]);
});

Deno.test("standard streams are taken in one place", () => {
  const said = (text: string) => problems({ "src/cli/a.ts": [] }, { "src/cli/a.ts": text });
  for (const text of ['console.error("x");', "writeWhole(Deno.stdout, octets)", "Deno.stdin"]) {
    assertEquals(said(text), [
      "src/cli/a.ts uses standard streams that it is not given; see src/host/streams.ts",
    ]);
  }
  assertEquals(said(" * console.log(success);"), []);
  const there = { "src/host/streams.ts": "Deno.stdout" };
  assertEquals(problems({ "src/host/streams.ts": [] }, there), []);
});
