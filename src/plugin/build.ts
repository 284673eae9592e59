import { type Graph, imported } from "./graph.ts";
import { WORKER_FILES } from "./worker_files.ts";

/**
 * The built files of a plugin, by name: its modules without types and with imports of each other's
 * files alone, and the modules that a worker is started with.
 */
export function build({ modules }: Graph): Map<string, string> {
  const files = new Map(Object.entries(WORKER_FILES));
  modules.forEach((module, at) => {
    let { code } = module;
    for (const one of module.imports.toReversed()) {
      const file = `"./${imported(one, module, modules)}.mjs"`;
      code = code.slice(0, one.start) + file + code.slice(one.end);
    }
    files.set(`${at}.mjs`, code);
  });
  return files;
}
