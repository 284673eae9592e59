import { Failure } from "../host/failure.ts";
import { type Graph, imported, readGraph } from "./graph.ts";
import { checkWithin, fetchGraph, inspect, type Inspected } from "./inspect.ts";
import { changeLock, type LockedPlugin } from "./lock.ts";
import type { KnownPlugin } from "./form.ts";
import { spiderProblems } from "./manifest_check.ts";
import { beyond, beyondText } from "./boundary.ts";
import { quote } from "../target/quote.ts";
import { startSandbox } from "./sandbox/start.ts";
import type { RemoteSettings } from "./settings.ts";
import type { UrlSource } from "./source.ts";
import { MANIFEST, Store } from "./store.ts";
import { type Consent, obtainConsent, trustText } from "./trust.ts";
import { builder, buildHash, WORKER_FILES } from "./worker_files.ts";

/** The folder of a plugin in the store, and its entry in the lock file. */
export type Accepted = readonly [folder: string, locked: LockedPlugin];

/**
 * Fetches a plugin, asks whether it may run, and keeps it. `was` is what was accepted before.
 *
 * @throws {Failure} when it cannot be fetched, is no plugin, or is not accepted; nothing of it has
 *   run, and nothing was changed
 */
export async function acceptNew(
  { url, pin }: UrlSource,
  path: string,
  { consent }: Pick<RemoteSettings, "consent">,
  allow: boolean,
  was?: LockedPlugin,
): Promise<Accepted> {
  const graph = await fetchGraph(url);
  if (pin !== null && pin !== graph.sha256) {
    throw new Failure(`${url} is not what its #sha256= names: it is ${graph.sha256}, not ${pin}`);
  }
  const plugin = inspect(graph, url);
  if (!allow) checkWithin(plugin, url);
  const same = was?.sha256 === graph.sha256 && was.allow === allow;
  // A given hash pins the code, but does not grant full access
  if (!same && (pin === null || allow)) {
    const shown = trustText(url, plugin, allow);
    const before = was === undefined ? "" : `\n  in place of sha256=${was.sha256}`;
    obtainConsent(url, shown + before, "Trust it, and run it from now on?", consent);
  }
  const kept = await keep(url, plugin, allow, consent.tell);
  changeLock(path, url, kept[1]);
  return kept;
}

/**
 * Makes what is run of a plugin that was accepted and is not in the store, or was built by another
 * version of the program: from its sources there, else from its server.
 *
 * @throws {Failure} when it is not what was accepted
 */
export async function restoreStored(
  url: string,
  locked: LockedPlugin,
  path: string,
  { tell }: Consent,
): Promise<Accepted> {
  const stored = await new Store().reader(url, locked);
  const graph = stored === null ? await fetchGraph(url) : await readGraph(url, stored);
  if (graph.sha256 !== locked.sha256) {
    throw new Failure(
      `${url} has changed: ${locked.sha256} was accepted, and now it is ${graph.sha256}; ` +
        `see it with spider plugins update ${url}`,
    );
  }
  const plugin = inspect(graph, url);
  if (!locked.allow) checkWithin(plugin, url);
  const restored = await keep(url, plugin, locked.allow, tell);
  try {
    changeLock(path, url, restored[1]);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    tell(`warning: ${error.message}; so ${url} is built again each time`);
  }
  return restored;
}

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

/** Puts an accepted plugin into the store, and asks it for its manifest. */
async function keep(
  url: string,
  plugin: Inspected,
  allow: boolean,
  tell: Consent["tell"],
): Promise<Accepted> {
  const { graph, kind, name, version, summary } = plugin;
  const store = new Store();
  const files = build(graph);
  const by = await builder();
  const modules = lockedModules(graph);
  store.putSources(graph);
  const folder = store.putBuild(graph.sha256, by, files);
  if (!allow) {
    const manifest = await describe(url, folder, { name, modules }, plugin.known, tell);
    files.set(MANIFEST, manifest);
    store.putBuild(graph.sha256, by, new Map([[MANIFEST, manifest]]));
  }
  const built = { by, sha256: await buildHash(files) };
  const locked = { kind, name, version, summary, sha256: graph.sha256, allow, modules, built };
  return [folder, locked];
}

/** The stored description of a plugin when it is loaded; `shown` is the one from its source. */
async function describe(
  url: string,
  folder: string,
  plugin: Pick<LockedPlugin, "name" | "modules">,
  shown: KnownPlugin,
  tell: Consent["tell"],
): Promise<string> {
  using sandbox = startSandbox(folder, plugin, tell);
  const described = await sandbox.described;
  const known = { data: Object(described.data), functions: described.functions, computed: [] };
  const problems = spiderProblems(known);
  for (const member of changed(shown, known)) {
    problems.push(`its ${quote(member)} is not what its source says once it runs`);
  }
  const more = beyond(known);
  if (more.length > 0) problems.push(beyondText(more));
  if (problems.length > 0) throw new Failure(`${url} is not a spider: ${problems.join("; ")}`);
  return JSON.stringify(described);
}

/** The members of a plugin that differ from its source. */
function changed(shown: KnownPlugin, ran: KnownPlugin): string[] {
  const top = (places: readonly string[]) => places.map((place) => place.split(".")[0]!);
  const unknown = shown.computed.includes("...");
  const computed = new Set(top(shown.computed));
  const members = new Set([
    ...[...Object.keys(shown.data), ...top(shown.functions)],
    ...(unknown ? [] : [...Object.keys(ran.data), ...top(ran.functions)]),
  ]);
  const text = ({ data, functions }: KnownPlugin, member: string) =>
    JSON.stringify([
      data[member],
      functions.filter((place) => place === member || place.startsWith(`${member}.`)).sort(),
    ]);
  return [...members].filter((member) =>
    !computed.has(member) && text(shown, member) !== text(ran, member)
  );
}

function lockedModules({ modules }: Graph): LockedPlugin["modules"] {
  return modules.map(({ url, aliases, sha256, octets }) => ({
    url,
    aliases,
    sha256,
    size: octets.length,
  }));
}
