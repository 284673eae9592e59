/**
 * Compiles the AssemblyScript module when its sources changed, and writes beside it what of the contract
 * its chains declare. What it was built from is a hash
 * beside it, so that a copied or checked-out tree with new file times is not built again.
 */
import { encodeHex } from "@std/encoding/hex";
import denoJson from "../deno.json" with { type: "json" };
import { CHAINS } from "../wasm/chains.ts";
import { chainRegistry } from "./build/chain_registry.ts";

const ROOT = new URL("../", import.meta.url);
const SOURCES = new URL("wasm/assembly/", ROOT);
const OUTPUT = new URL("wasm/build/", ROOT);
/** The types of a flow record's fields, for the contract. */
const FLOW_FIELDS = new URL("flow_fields.ts", OUTPUT);
const STAMP = new URL("spider.wasm.sources", OUTPUT);

// --runtime stub --noAssert: a module that imports nothing (any other runtime wants env.abort)
const FLAGS = ["--runtime", "stub", "--noAssert", "-O3", "--enable", "simd"];

/** Octets that a flow may take in the table, with every chain on. */
const MOST_OCTETS = 256;

async function sourceFiles(folder: URL): Promise<URL[]> {
  const files: URL[] = [];
  for await (const entry of Deno.readDir(folder)) {
    if (entry.isDirectory) files.push(...await sourceFiles(new URL(`${entry.name}/`, folder)));
    else if (entry.name.endsWith(".ts")) files.push(new URL(entry.name, folder));
  }
  return files.sort((a, b) => a.href < b.href ? -1 : 1);
}

async function fingerprint(): Promise<string> {
  const parts = [new TextEncoder().encode(
    `${denoJson.imports["assemblyscript/"]} ${FLAGS.join(" ")}\n`,
  )];
  for (const file of await sourceFiles(SOURCES)) {
    parts.push(new TextEncoder().encode(`${file.href.slice(SOURCES.href.length)}\n`));
    parts.push(await Deno.readFile(file));
  }
  parts.push(new TextEncoder().encode(registry()));
  const digest = await crypto.subtle.digest("SHA-256", await new Blob(parts).bytes());
  return encodeHex(new Uint8Array(digest));
}

async function isBuilt(wanted: string): Promise<boolean> {
  try {
    for (const file of ["spider.wasm", FLOW_FIELDS]) await Deno.stat(new URL(file, OUTPUT));
    return await Deno.readTextFile(STAMP) === wanted;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The module that knows the chains by their names. */
function registry(): string {
  return chainRegistry(
    CHAINS,
    (name) => Deno.readTextFileSync(new URL(`chain/${name}.ts`, SOURCES)),
  );
}

/**
 * Starts the module, which then declares all chains and fields, and checks that they fit.
 *
 * @throws {Error} when they have not
 */
async function checkLimits(): Promise<void> {
  const { instance } = await WebAssembly.instantiate(
    await Deno.readFile(new URL("spider.wasm", OUTPUT)),
  )
    .catch((error) => {
      throw new Error(
        "the wasm module does not start: most likely its chains declare more fields than MOST_FIELDS " +
          "in wasm/assembly/output/field.ts; raise it, and the octets of the table beside it",
        { cause: error },
      );
    });
  const { setup, flowSize } = instance.exports as Readonly<Record<string, CallableFunction>>;
  setup!(2 ** CHAINS.length - 1, 1, 1, false, 1 << 16, 1 << 16, 1);
  const octets = flowSize!();
  if (octets <= MOST_OCTETS) return;
  throw new Error(
    `a flow with all chains takes ${octets} octets of memory, more than ${MOST_OCTETS}: let the new ` +
      "chain keep less, or raise MOST_OCTETS in scripts/build.ts and measure what a million flows take",
  );
}

/** Builds `wasm/build/spider.wasm` when its sources are not those it was built from. */
export async function build(): Promise<void> {
  const wanted = await fingerprint();
  if (await isBuilt(wanted)) return;
  await Deno.mkdir(OUTPUT, { recursive: true });
  // An interrupted build counts as none, even if the sources have not changed since the last one
  await Deno.writeTextFile(STAMP, "");
  await Deno.writeTextFile(new URL("chain_registry.ts", OUTPUT), registry());
  const { default: asc } = await import("assemblyscript/asc");
  const { error, stdout, stderr } = await asc.main([
    "wasm/assembly/index.ts",
    "--baseDir",
    decodeURIComponent(ROOT.pathname),
    "--outFile",
    "wasm/build/spider.wasm",
    ...FLAGS,
  ]);
  const said = `${stdout}${stderr}`;
  if (said.length > 0) console.error(said);
  if (error) throw new Error(`the wasm module did not compile: ${error.message}`);
  await checkLimits();
  await Deno.writeTextFile(FLOW_FIELDS, await flowFields());
  await Deno.writeTextFile(STAMP, wanted);
  console.error("built wasm/build/spider.wasm");
}

const TYPES: Readonly<Record<string, string>> = {
  address: "string",
  port: "number | null",
  protocol: "number",
  time: "number",
  integer: "number",
  "integer?": "number | null",
  boolean: "boolean",
  "boolean?": "boolean | null",
  "integers?": "readonly number[] | null",
};

/** The TypeScript type of a flow record, from what the chains in the built module declare. */
async function flowFields(): Promise<string> {
  const { chains } = await import("../src/observe/chains.ts");
  const lines = [
    "// Generated by scripts/build.ts from the chains' own declarations in wasm/assembly/chain.",
    "",
    "/** Every field that a flow record may have; those of chains that are off are missing. */",
    "export interface FlowFields {",
  ];
  for (const chain of chains()) {
    lines.push(`  // ${chain.name}: ${chain.summary}`);
    for (const field of chain.fields) {
      lines.push(`  /** ${field.summary} */`, `  ${field.name}: ${TYPES[field.type]};`);
    }
  }
  return [...lines, "}", ""].join("\n");
}

if (import.meta.main) await build();
