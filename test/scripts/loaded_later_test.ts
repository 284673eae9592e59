import { assertEquals, assertThrows } from "@std/assert";
import { loadedLater } from "../../scripts/compile/loaded_later.ts";
import { CompileError } from "../../scripts/compile/run.ts";

const PARTS = new Set(["run-AB12.js"]);
const LATER = `import(new URL("./run-AB12.js", import.meta.url).href)`;

Deno.test("parts of a bundle are named so that Deno does not read them before they are needed", () => {
  assertEquals(loadedLater(`x = () => import("./run-AB12.js");`, PARTS), `x = () => ${LATER};`);
  const example =
    `text = 'const m = await import("./mine.js")';\nimport { a } from "./run-AB12.js";`;
  assertEquals(loadedLater(example, PARTS), example, "what is no part, or is needed at once");
});

Deno.test("a bundle gets node:module when something requires it, not before", () => {
  const banner = `import { createRequire as __deno_internal_createRequire } from "node:module";
var __require = __deno_internal_createRequire(import.meta.url);`;
  const later = loadedLater(`${banner}\nexport { __require };`, PARTS);
  assertEquals(/^import/m.test(later), false);
  const run = new Function(
    "url",
    later.replace("import.meta.url", "url").replace(/export .*/, "return __require;"),
  );
  assertEquals(run(import.meta.url)("node:path").basename("a/b"), "b");
  assertThrows(() => loadedLater("use(__deno_internal_createRequire)", PARTS), CompileError);
});
