import { CompileError } from "./run.ts";

/** How a bundle loads a module of Node's that a CommonJS package requires. */
const REQUIRE =
  /import \{ createRequire as (\w+) \} from "node:module";\nvar __require = \1\(import\.meta\.url\);/;

/**
 * Rewrites the JavaScript of a bundle so that a start does not load `node:module`, which brings with it
 * most of what Deno has of Node: that took a fifth of a start.
 */
export function requiredLater(text: string): string {
  const later = text.replace(
    REQUIRE,
    `var __require = (name) =>
  globalThis.process.getBuiltinModule("node:module").createRequire(import.meta.url)(name);`,
  );
  if (!later.includes("__deno_internal_createRequire")) return later;
  throw new CompileError(
    "the bundle requires modules in a way that is not known: see required_later.ts",
  );
}
