import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { Failure } from "../../../src/host/failure.ts";
import { spiderProblems } from "../../../src/plugin/manifest_check.ts";
import { sourceManifest } from "../../../src/plugin/reading/manifest_source.ts";
import { parseModule } from "../../../src/plugin/reading/parse_module.ts";
import { source } from "../published.ts";

function read(text: string) {
  return sourceManifest(parseModule(text, "a.ts").program, "a.ts");
}

Deno.test("the literal of a plugin is read as it stands, without being run", () => {
  const { data, functions, computed } = read(`
    import type { Spider } from "./x.ts";
    const NAME = "constant";
    const arms = [{ name: "a" }, { name: "b", socket: { mss: -1, ecn: true } }] as const;
    function conclude(): string[] { throw new Error("run"); }
    const plugin = {
      kind: "spider",
      name: NAME,
      summary: "a long " + "sentence",
      text: \`plain\`,
      arms,
      "quoted-key": null,
      version: String(1),
      api: (() => { throw new Error("run"); })(),
      get references() { throw new Error("run"); },
      chains: ["basic", ...more],
      conclude,
      merge() { return {}; },
      [computedKey()]: 1,
    } satisfies Spider;
    export { plugin as default };
  `);
  assertEquals(data, {
    kind: "spider",
    name: "constant",
    summary: "a long sentence",
    text: "plain",
    arms: [{ name: "a" }, { name: "b", socket: { mss: -1, ecn: true } }],
    "quoted-key": null,
    chains: ["basic", undefined],
  });
  assertEquals(functions, ["conclude", "merge"]);
  assertEquals(computed, ["version", "api", "references", "chains.1", "..."]);
});

Deno.test("a module without a literal to read is no plugin", () => {
  for (
    const text of [
      "",
      "export const a = {};",
      "export default 1;",
      "export default f();",
      "const a = a2; const a2 = a; export default a;",
      "let a = {}; export default a;",
    ]
  ) {
    assertThrows(() => read(text), Failure, "is not a plugin");
  }
});

Deno.test("import() is found wherever it hides, also behind types", () => {
  for (
    const code of [
      'import("x")',
      'await import("x")',
      "`${import(x)}`",
      'class A { static x = import("x"); }',
      'class A { [import("x") as never]() {} }',
      'const f = ({ a = import("x") }) => a;',
      'import("x" as string)',
      'enum A { B = (import("x"), 1) }',
      '/* import( */ import /* x */ ("x")',
    ]
  ) {
    assertThrows(() => parseModule(`${code};`, "a.ts"), Failure, "has an import()");
  }
  // A type is no import, and neither is text or the module's own properties
  for (const code of ['let a: import("x").A;', '"import(x)"', "import.meta.url", "// import(x)"]) {
    assertEquals(parseModule(code, "a.ts").imports, []);
  }
});

Deno.test("every fault of a manifest is reported at once, and none of what is not known", () => {
  const bad = read(source({
    name: '"../../x"',
    version: '"one"',
    connect: "[]",
    options: '{ "no-type": { summary: "x" } }',
    arms: '[{ name: "a", socket: { colour: 1 } }]',
  }));
  assertEquals(spiderProblems(bad), [
    "its name must be lower case letters, digits, dashes and underscores",
    "its version must be a semantic version, such as 1.0.0",
    "its options.no-type.type is missing",
    "its connect must name a connection type",
    "its arms.0.socket.colour is not known here",
  ]);
  const computed = read(source({ connect: "connectionTypes()", arms: "makeArms()" }));
  assertEquals(spiderProblems(computed), []);
});

Deno.test("members with names of every object's are reported like others", () => {
  for (const name of ["constructor", "toString", "hasOwnProperty"]) {
    const socket = read(source({ arms: `[{ name: "a", socket: { ${name}: 1 } }]` }));
    assertEquals(spiderProblems(socket).length, 1);
    const option = read(source({ options: `{ a: { type: "string", summary: "a", ${name}: 1 } }` }));
    assertEquals(spiderProblems(option).length, 1);
  }
});

Deno.test("what a manifest would unfold to has a limit", () => {
  const doubled = Array.from({ length: 30 }, (_, at) => `const a${at + 1} = [a${at}, a${at}];`);
  const texts = Array.from({ length: 30 }, (_, at) => `const a${at + 1} = a${at} + a${at};`);
  const begin = 'const a0 = "text";\n';
  const large: Readonly<Record<string, string>> = {
    lists: `${begin}${doubled.join("\n")}\nexport default { a: a30 };`,
    texts: `${begin}${texts.join("\n")}\nexport default { a: a30 };`,
    "one text": `export default { a: "${"a".repeat(300_000)}" };`,
    "a template": `export default { a: \`${"a".repeat(300_000)}\` };`,
    keys: `export default { ${Array.from({ length: 20_000 }, (_, at) => `k${at}: f()`).join()} };`,
    spreads: `export default { ${Array.from({ length: 20_000 }, () => "...x").join()} };`,
  };
  for (const [what, text] of Object.entries(large)) {
    assertThrows(() => read(text), Failure, "larger than 4000 values or 262144 characters", what);
  }
});

Deno.test("a place in an error is read from its end, however long the line is that it quotes", () => {
  const error = assertThrows(() => read(`const a = ${"1".repeat(500_000)}n.2;`), Failure);
  assertMatch(error.message, /^a\.ts cannot be read: .{1,200}$/);
});
