import { dirname } from "node:path/posix";
import { assetsOf, moved, sources } from "./assets.ts";
import { requiredLater } from "./required_later.ts";
import { CompileError, output } from "./run.ts";

const FOLDERS = ["src", "plugins", "wasm/build"];
const SETTINGS = ["deno.json", "deno.lock", "src/page/deno.json"];

/**
 * Writes the program as JavaScript into a folder: `main.js`, the parts that are loaded when they
 * are needed, and what they open, all of it without any other package or setting.
 *
 * @param root the folder of the project
 * @param scratch a folder for a copy of the sources, whose names of files are then other ones
 */
export function bundle(root: string, scratch: string, into: string): void {
  const assets = new Set<string>();
  for (const path of sources(root, FOLDERS)) {
    const text = Deno.readTextFileSync(`${root}/${path}`);
    assetsOf(path, text).forEach((asset) => assets.add(asset));
    Deno.mkdirSync(`${scratch}/${dirname(path)}`, { recursive: true });
    Deno.writeTextFileSync(`${scratch}/${path}`, moved(path, text, compiledName));
  }
  for (const name of SETTINGS) Deno.copyFileSync(`${root}/${name}`, `${scratch}/${name}`);
  const deno = [Deno.execPath(), "bundle", "--quiet", "--no-remote"];
  output([...deno, "--code-splitting", "--outdir", into, "src/main.ts"], scratch);
  for (const asset of assets) {
    const place = `${into}/${compiledName(asset)}`;
    Deno.mkdirSync(dirname(place), { recursive: true });
    // A worker's module: it begins another program, in one file
    if (asset.endsWith(".ts")) output([...deno, "--output", place, asset], scratch);
    else copy(`${root}/${asset}`, place);
  }
  for (const { name } of Deno.readDirSync(into)) {
    if (!name.endsWith(".js")) continue;
    const text = Deno.readTextFileSync(`${into}/${name}`);
    Deno.writeTextFileSync(`${into}/${name}`, requiredLater(text));
  }
}

/** Modules lie beside the bundle, so that what they open is found at the same place from them. */
function compiledName(asset: string): string {
  return asset.endsWith(".ts") ? asset.replaceAll("/", "-").replace(/ts$/, "js") : asset;
}

function copy(from: string, to: string): void {
  try {
    Deno.copyFileSync(from, to);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new CompileError(`there is no ${from}, which the program opens: run \`deno task build\``);
  }
}
