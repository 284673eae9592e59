import { STATE } from "../contract/connection.ts";
import { API_VERSION } from "../contract/manifest.ts";
import { makeHelpers } from "../measure/helpers.ts";
import { confine } from "./sandbox/confine.ts";
import { OCTETS } from "./sandbox/octets.ts";
import { serve } from "./sandbox/serve.ts";
import { sha256 } from "./sha256.ts";

/** The plugin's own module among the files of a build. */
export const MODULE = "0.mjs";
/** The module that a worker starts with. */
export const ENTRY = "entry.mjs";

/** The modules of a worker, of which the first is evaluated before any of the plugin's. */
export const WORKER_FILES: Readonly<Record<string, string>> = {
  "confine.mjs": `export const channel = (${confine})();\n`,
  [ENTRY]: `import { channel } from "./confine.mjs";\nimport * as module from "./${MODULE}";\n` +
    `(${serve})(module, (${makeHelpers})(${JSON.stringify(STATE)}), channel, ${
      JSON.stringify(OCTETS)
    });\n`,
};

/**
 * The version of the build: with another version of Deno, of the contract or of the worker's own
 * modules, the sources are read and checked again.
 */
export function builder(): Promise<string> {
  return known ??= hashOfParts();
}

let known: Promise<string> | undefined;

async function hashOfParts(): Promise<string> {
  const parts = [Deno.version.deno, API_VERSION, WORKER_FILES];
  return (await sha256(JSON.stringify(parts))).slice(0, 16);
}

/** Hash of all files of a build. */
export async function buildHash(
  files: ReadonlyMap<string, string | Uint8Array<ArrayBuffer>>,
): Promise<string> {
  const names = [...files.keys()].sort();
  const lines = names.map(async (name) => `${await sha256(files.get(name)!)}  ${name}\n`);
  return await sha256((await Promise.all(lines)).join(""));
}
