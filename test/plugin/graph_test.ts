import { assertEquals, assertNotEquals } from "@std/assert";
import { createHash } from "node:crypto";
import { build } from "../../src/plugin/accept.ts";
import { readGraph } from "../../src/plugin/graph.ts";
import { Origins } from "../../src/plugin/origins.ts";

const FILES: Readonly<Record<string, string>> = {
  "a.ts": 'import { b } from "./lib/b.ts"; import "https://other.example/c.ts";\n' +
    'export * as d from "./lib/b.ts";\nexport default { b };\n',
  "lib/b.ts": 'export { default as a } from "../a.ts";\nexport const b: number = 1;\n',
};

function graphAt(base: string) {
  const origins = new Origins(base, ["https://other.example"]);
  return readGraph(`${base}a.ts`, origins, (url) => {
    const text = url === "https://other.example/c.ts" ? "// c" : FILES[url.slice(base.length)]!;
    return Promise.resolve({ url, octets: new TextEncoder().encode(text) });
  });
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

Deno.test("the hash of a plugin is that of a list which sha256sum would print", async () => {
  const expected = sha256([
    `${sha256(FILES["a.ts"]!)}  a.ts\n`,
    `${sha256(FILES["lib/b.ts"]!)}  lib/b.ts\n`,
    `${sha256("// c")}  https://other.example/c.ts\n`,
  ].join(""));
  assertEquals((await graphAt("https://example.org/x/")).sha256, expected);
  assertEquals((await graphAt("https://elsewhere.example/")).sha256, expected);
});

Deno.test("what is built imports nothing but files of its own, and keeps its lines", async () => {
  const files = build(await graphAt("https://example.org/"));
  assertEquals(
    files.get("0.mjs"),
    'import { b } from "./1.mjs"; import "./2.mjs";\n' +
      'export * as d from "./1.mjs";\nexport default { b };\n',
  );
  assertEquals(
    files.get("1.mjs"),
    'export { default as a } from "./0.mjs";\nexport const b         = 1;\n',
  );
});

Deno.test("however often import.meta stands in a module, it is built in little time", async () => {
  const count = 50_000;
  const octets = new TextEncoder().encode(`${"import.meta;".repeat(count)}\nexport default {};\n`);
  const graph = await readGraph(
    "https://example.org/a.ts",
    new Origins("https://example.org"),
    (url) => Promise.resolve({ url, octets }),
  );
  const [first] = graph.modules;
  const code = build(graph).get("0.mjs")!;
  assertEquals(code.split(`importMeta_${first!.sha256}();`).length - 1, count);
});

Deno.test("modules that a redirect puts in one another's place make another hash", async () => {
  const graph = (third: string) =>
    readGraph("https://example.org/a.ts", new Origins("https://example.org"), (url) => {
      const name = url.slice("https://example.org/".length);
      const text = { "a.ts": 'import "./1.ts"; import "./2.ts"; import "./3.ts";' }[name];
      const found = { "1.ts": "x.ts", "2.ts": "y.ts", "3.ts": third }[name] ?? name;
      return Promise.resolve({
        url: `https://example.org/${found}`,
        octets: new TextEncoder().encode(text ?? `export const name = "${found}";`),
      });
    });
  const [one, other] = [await graph("x.ts"), await graph("y.ts")];
  assertEquals(one.modules.map(({ url }) => url), other.modules.map(({ url }) => url));
  assertNotEquals(build(one).get("0.mjs"), build(other).get("0.mjs"));
  assertNotEquals(one.sha256, other.sha256);
  assertEquals(one.sha256, (await graph("x.ts")).sha256);
});

Deno.test("where a plugin's own URL leads to is not part of its hash", async () => {
  const graph = (asked: string) =>
    readGraph(asked, new Origins(asked), () =>
      Promise.resolve({
        url: "https://example.org/v1.ts",
        octets: new TextEncoder().encode("export default {};"),
      }));
  assertEquals(
    (await graph("https://example.org/latest.ts")).sha256,
    (await graph("https://example.org/v1.ts")).sha256,
  );
});
