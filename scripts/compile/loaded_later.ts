import { CompileError } from "./run.ts";

/** How a bundle loads one of its parts when that is needed. */
const PART = /\bimport\("\.\/([^"\s]+\.js)"\)/g;
/** How it loads a module of Node's that a CommonJS package requires. */
const REQUIRE =
  /import \{ createRequire as (\w+) \} from "node:module";\nvar __require = \1\(import\.meta\.url\);/;

/**
 * Rewrites the JavaScript of a bundle so that a start loads what it needs. Deno reads every module
 * that a literal `import()` names before the first line runs, and `node:module` brings with it most
 * of what Deno has of Node: these two took four fifths of a start.
 *
 * @param parts the names of the bundle's files
 */
export function loadedLater(text: string, parts: ReadonlySet<string>): string {
  const later = text.replaceAll(
    PART,
    (found, name: string) =>
      parts.has(name)
        ? `import(new URL(${JSON.stringify(`./${name}`)}, import.meta.url).href)`
        : found,
  ).replace(
    REQUIRE,
    `var __require = (name) =>
  globalThis.process.getBuiltinModule("node:module").createRequire(import.meta.url)(name);`,
  );
  if (!later.includes("__deno_internal_createRequire")) return later;
  throw new CompileError(
    "the bundle requires modules in a way that is not known: see loaded_later.ts",
  );
}
