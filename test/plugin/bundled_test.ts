import { assertEquals } from "@std/assert";
import { filesIn } from "../../scripts/imports.ts";

const PLUGINS = new URL("../../plugins/", import.meta.url);
const LIBRARY = new URL("../../src/mod.ts", import.meta.url).href;
const STATEMENT = /^(?:import|export) (?!type\b)(?:([^;"]*?) from )?"(\.[^"]+)"/gm;

/** What a file loads with itself: neither types, nor what it loads later. */
function loadedWith(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  if (file === LIBRARY) return seen;
  for (
    const [, names = "", path = ""] of Deno.readTextFileSync(new URL(file)).matchAll(STATEMENT)
  ) {
    const [, inBraces] = /^\{([^}]*)\}$/.exec(names.trim()) ?? [];
    const areTypes = inBraces?.split(",").every((name) => /^\s*(type\s|$)/.test(name)) ?? false;
    if (!areTypes) loadedWith(new URL(path, file).href, seen);
  }
  return seen;
}

Deno.test("a list of plugins loads none of the library with them, which would take longer than all else", () => {
  const kinds = [...Deno.readDirSync(PLUGINS)].filter(({ name, isDirectory }) =>
    isDirectory && name !== "examples"
  );
  const plugins = kinds.flatMap(({ name }) => {
    const folder = new URL(`${name}/`, PLUGINS);
    return filesIn(folder, ".ts").filter((href) => !href.slice(folder.href.length).includes("/"));
  });
  assertEquals(plugins.filter((href) => loadedWith(href).has(LIBRARY)), []);
});
