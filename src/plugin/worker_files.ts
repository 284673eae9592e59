import { posix } from "node:path";
import { STATE } from "../contract/connection.ts";
import { API_VERSION, type PluginKind } from "../contract/manifest.ts";
import { makeHelpers } from "../measure/helpers.ts";
import { confine } from "./sandbox/confine.ts";
import { OCTETS } from "./sandbox/octets.ts";
import { answerCalls, describe, makePlain } from "./sandbox/serve.ts";
import { sha256 } from "./sha256.ts";

/** The plugin's own module among the files of a build. */
export const MODULE = "0.mjs";
/** The module that a worker starts with. */
export const ENTRY = "entry.mjs";
/** What the names of other modules of the program begin with. */
const OWN = "spider-";
const OWN_LINE = new RegExp(`\\b${OWN}[\\w-]+\\.mjs:`);

/** Whether a line of a stack is in the program's own modules. */
export function isOwnLine(line: string): boolean {
  return line.includes(`${ENTRY}:`) || OWN_LINE.test(line);
}

const CONFINE = "confine.mjs";

const SHARED: Readonly<Record<string, string>> = {
  [CONFINE]: `export const channel = (${confine})();\n`,
};

/** The begin of the module that a worker starts with: what is imported first is evaluated first. */
const BEGIN = `import { channel } from "./${CONFINE}";\nimport * as module from "./${MODULE}";\n` +
  `const plain = (${makePlain})(${JSON.stringify(OCTETS)});\nconst describe = ${describe};\n`;

/** The sources of the modules of a worker for a plugin of a kind, by the names of their files. */
type WorkerModules = Readonly<Record<string, string>>;

/**
 * By kind: the functions of a spider and of an endpoint are called one by one, in messages; the hooks of
 * a chain are run over batches of packets in shared memory.
 */
const WORKERS: Readonly<Record<PluginKind, () => WorkerModules | Promise<WorkerModules>>> = {
  chain: async () => {
    const { WORKER_SOURCES } = await import("./sandbox/chain/worker_sources.ts");
    const serve = ownFile("plugin/sandbox/chain/serve_hooks.ts");
    return {
      ...SHARED,
      // It keeps what the confinement takes away
      [ENTRY]: `import { checkHooks, serveHooks } from "./${serve}";\n${BEGIN}` +
        "describe(module, channel, plain, checkHooks);\nserveHooks(module.default, channel);\n",
      ...WORKER_SOURCES,
    };
  },
  // They run in no worker
  middlebox: () => ({}),
  protocol: () => ({}),
  service: () => ({}),
  environment: () => ({}),
  observer: () => ({}),
  spider: () => called(`(${makeHelpers})(${JSON.stringify(STATE)})`),
  endpoint: () => called("null"),
};

/** Those of a kind whose functions are called one by one, `conclude` with helpers. */
function called(helpers: string): WorkerModules {
  return {
    ...SHARED,
    [ENTRY]: `${BEGIN}describe(module, channel, plain);\n` +
      `(${answerCalls})(module.default, ${helpers}, channel, plain);\n`,
  };
}

/** The modules with which the worker of a plugin of a kind is started, by the names of their files. */
export async function workerFiles(kind: PluginKind): Promise<Map<string, string>> {
  const modules = Object.entries(await WORKERS[kind]());
  const { stripTypeScriptTypes } = await import("node:module");
  return new Map(modules.map(([path, source]) => {
    if (!path.endsWith(".ts")) return [path, source];
    return [ownFile(path), withOwnFiles(path, stripTypeScriptTypes(source, { mode: "strip" }))];
  }));
}

/** The name of the file of a module of the program, by its path in the sources. */
function ownFile(path: string): string {
  return `${OWN}${path.replace(/\.ts$/, "").replaceAll("/", "-")}.mjs`;
}

/** The code of a module of the program with imports of the files beside it. */
function withOwnFiles(path: string, code: string): string {
  // The name alone: the plugin may find a way to what the program's modules know
  return code.replaceAll("import.meta.url", JSON.stringify(ownFile(path))).replaceAll(
    /(?<= from ")(\.[^"]+)(?=";)/g,
    (specifier) => `./${ownFile(posix.join(posix.dirname(path), specifier))}`,
  );
}

const builders = new Map<PluginKind, Promise<string>>();

/**
 * The version of the build of a plugin of a kind: with another version of Deno, of the contract or of
 * the worker's own modules, the sources are read and checked again.
 */
export function builder(kind: PluginKind): Promise<string> {
  let known = builders.get(kind);
  if (known === undefined) builders.set(kind, known = hashOfParts(kind));
  return known;
}

async function hashOfParts(kind: PluginKind): Promise<string> {
  const modules = WORKERS[kind]();
  // Where they need not be waited for the hash begins now, beside what its caller does
  const sources = modules instanceof Promise ? await modules : modules;
  const rewritten = [String(withOwnFiles), String(ownFile)];
  const parts = [Deno.version.deno, API_VERSION, sources, rewritten];
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
