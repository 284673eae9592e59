import { assertEquals, assertThrows } from "@std/assert";
import { requiredLater } from "../../scripts/compile/required_later.ts";
import { CompileError } from "../../scripts/compile/run.ts";

Deno.test("a bundle gets node:module when something requires it, not before", () => {
  const banner = `import { createRequire as __deno_internal_createRequire } from "node:module";
var __require = __deno_internal_createRequire(import.meta.url);`;
  const later = requiredLater(`${banner}\nexport { __require };`);
  assertEquals(/^import/m.test(later), false);
  const run = new Function(
    "url",
    later.replace("import.meta.url", "url").replace(/export .*/, "return __require;"),
  );
  assertEquals(run(import.meta.url)("node:path").basename("a/b"), "b");
  assertThrows(() => requiredLater("use(__deno_internal_createRequire)"), CompileError);
});
