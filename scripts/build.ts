/**
 * Compiles the AssemblyScript modules when their sources changed, and writes beside them what of the
 * contract the chains declare; and the page of the server. What each was built from is a hash beside it, so that a
 * copied or checked-out tree with new file times is not built again.
 */
import denoJson from "../deno.json" with { type: "json" };
import { CHAINS } from "../wasm/chains.ts";
import { chainRegistry } from "./build/chain_registry.ts";
import { buildPage } from "./build/page.ts";
import { filesBelow, hashOf, isBuilt } from "./build/stamp.ts";

const ROOT = new URL("../", import.meta.url);
const SOURCES = new URL("wasm/assembly/", ROOT);
const OUTPUT = new URL("wasm/build/", ROOT);
/** The types of a flow record's fields, for the contract. */
const FLOW_FIELDS = new URL("flow_fields.ts", OUTPUT);
/** Has the chains. */
const OBSERVER = "spider.wasm";
/** The modules, each with the file that says what it exports. */
const MODULES = [
  { name: OBSERVER, entry: "index.ts" },
  { name: "scan.wasm", entry: "scan/index.ts" },
];
/** One of both modules, since they share most sources. */
const STAMP = new URL("wasm.sources", OUTPUT);

// --runtime stub --noAssert: a module that imports nothing (any other runtime wants env.abort)
const FLAGS = ["--runtime", "stub", "--noAssert", "-O3", "--enable", "simd"];

/** Octets that a flow may take in the table, with every chain on. */
const MOST_OCTETS = 320;

async function fingerprint(): Promise<string> {
  const flags = `${denoJson.imports["assemblyscript/"]} ${FLAGS.join(" ")}`;
  return await hashOf(SOURCES, await filesBelow(SOURCES, [".ts"]), [flags, registry()]);
}

/** The module that knows the chains by their names. */
function registry(): string {
  return chainRegistry(
    CHAINS,
    (name) => Deno.readTextFileSync(new URL(`chain/${name}.ts`, SOURCES)),
  );
}

/**
 * Starts the observer's module, which then declares all chains and fields, and checks that they fit.
 *
 * @throws {Error} when they have not
 */
async function checkLimits(): Promise<void> {
  const { instance } = await WebAssembly.instantiate(
    await Deno.readFile(new URL(OBSERVER, OUTPUT)),
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

/** Builds what is not built from the sources that there are: the wasm modules and the page. */
export async function build(): Promise<void> {
  await buildModules();
  await buildPage();
}

async function buildModules(): Promise<void> {
  const wanted = await fingerprint();
  const built = MODULES.map(({ name }) => new URL(name, OUTPUT));
  if (await isBuilt(STAMP, wanted, [...built, FLOW_FIELDS])) return;
  await Deno.mkdir(OUTPUT, { recursive: true });
  // An interrupted build counts as none, even if the sources have not changed since the last one
  await Deno.writeTextFile(STAMP, "");
  await Deno.writeTextFile(new URL("chain_registry.ts", OUTPUT), registry());
  for (const module of MODULES) await compile(module);
  await checkLimits();
  await Deno.writeTextFile(FLOW_FIELDS, await flowFields());
  await Deno.writeTextFile(STAMP, wanted);
  for (const { name } of MODULES) console.error(`built wasm/build/${name}`);
}

async function compile({ name, entry }: typeof MODULES[number]): Promise<void> {
  const { default: asc } = await import("assemblyscript/asc");
  const { error, stdout, stderr } = await asc.main([
    `wasm/assembly/${entry}`,
    "--baseDir",
    decodeURIComponent(ROOT.pathname),
    "--outFile",
    `wasm/build/${name}`,
    ...FLAGS,
  ]);
  const said = `${stdout}${stderr}`;
  if (said.length > 0) console.error(said);
  if (error) throw new Error(`${name} did not compile: ${error.message}`);
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
  "address?": "string | null",
  "string?": "string | null",
  "time?": "number | null",
  strings: "readonly string[]",
  "strings?": "readonly string[] | null",
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
