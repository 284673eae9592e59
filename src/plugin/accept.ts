import type { Options } from "../contract/option.ts";
import { Failure } from "../host/failure.ts";
import { acceptedGraph } from "./accepted_graph.ts";
import { type Graph, imported } from "./graph.ts";
import { checkWithin, fetchGraph, inspect, type Inspected } from "./inspect.ts";
import { changeLock, type LockedPlugin } from "./lock.ts";
import { originsOf } from "./origins.ts";
import type { KnownPlugin } from "./known_plugin.ts";
import { loadKind } from "./kind/registry.ts";
import { problemsOf } from "./problems.ts";
import { beyondText } from "./boundary.ts";
import { borrowedNames, conditionPrefixes } from "./condition_prefixes.ts";
import { quote } from "../target/quote.ts";
import { withOctets } from "./sandbox/octets.ts";
import { sandboxedChain } from "./sandbox/chain/chain.ts";
import { sandboxedSpider, withOptions } from "./sandbox/spider.ts";
import { startSandbox } from "./sandbox/start.ts";
import { readValues } from "./schema/option.ts";
import type { RemoteSettings } from "./settings.ts";
import type { UrlSource } from "./source.ts";
import { MANIFEST, Store } from "./store.ts";
import { type Consent, obtainConsent, trustText } from "./trust.ts";
import { builder, buildHash, workerFiles } from "./worker_files.ts";

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
  { consent, origins: more }: Pick<RemoteSettings, "consent" | "origins">,
  allow: boolean,
  was?: LockedPlugin,
): Promise<Accepted> {
  const origins = originsOf(url, was, more);
  const graph = await fetchGraph(url, origins);
  if (pin !== null && pin !== graph.sha256) {
    throw new Failure(`${url} is not what its #sha256= names: it is ${graph.sha256}, not ${pin}`);
  }
  const plugin = await inspect(graph, url);
  if (!allow) checkWithin(plugin, url);
  const same = was?.sha256 === graph.sha256 && was.allow === allow;
  // A given hash pins the code, but does not grant full access
  if (!same && (pin === null || allow)) {
    const shown = trustText(url, plugin, allow, origins);
    const before = was === undefined ? "" : `\n  in place of sha256=${was.sha256}`;
    obtainConsent(url, shown + before, "Trust it, and run it from now on?", consent);
  }
  const kept = await keep(url, plugin, allow, origins.used, consent.tell);
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
  const { graph, origins } = await acceptedGraph(url, locked);
  if (graph.sha256 !== locked.sha256) {
    throw new Failure(
      `${url} has changed: ${locked.sha256} was accepted, and now it is ${graph.sha256}; ` +
        `see it with spider plugins update ${url}`,
    );
  }
  const plugin = await inspect(graph, url);
  if (!locked.allow) checkWithin(plugin, url);
  // Redirects are not followed again where the sources are in the store
  const used = [...new Set([...locked.origins ?? [], ...origins.used])].sort();
  const restored = await keep(url, plugin, locked.allow, used, tell);
  try {
    changeLock(path, url, restored[1]);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    tell(`warning: ${error.message}; so ${url} is built again each time`);
  }
  return restored;
}

/**
 * The built files of a plugin, by name: its modules without types, and with imports of each other's
 * files alone.
 */
export function build({ modules }: Graph): Map<string, string> {
  const files = new Map<string, string>();
  modules.forEach((module, at) => {
    // Its own hash is a name that does not stand in the code
    const meta = `importMeta_${module.sha256}`;
    const changes = [
      ...module.imports.map((one) =>
        [one.start, one.end, `"./${imported(one, module, modules)}.mjs"`] as const
      ),
      ...module.metas.map(([start, end]) => [start, end, `${meta}()`] as const),
    ].sort(([one], [other]) => one - other);
    const { code } = module;
    const parts: string[] = [];
    let from = 0;
    for (const [start, end, text] of changes) {
      parts.push(code.slice(from, start), text);
      from = end;
    }
    parts.push(code.slice(from));
    // That of the file would tell where the store lies. On the first line, so that all keep their numbers
    const own = JSON.stringify({ url: module.url, main: false });
    const declared = module.metas.length > 0 ? `function ${meta}() { return ${own}; } ` : "";
    files.set(`${at}.mjs`, declared + parts.join(""));
  });
  return files;
}

/** Puts an accepted plugin into the store, and asks it for its manifest. */
async function keep(
  url: string,
  plugin: Inspected,
  allow: boolean,
  used: readonly string[],
  tell: Consent["tell"],
): Promise<Accepted> {
  const { graph, kind, name, version, summary } = plugin;
  const store = new Store();
  const files = new Map([...await workerFiles(kind), ...build(graph)]);
  const by = await builder(kind);
  const modules = lockedModules(graph);
  store.putSources(graph);
  const folder = store.putBuild(graph.sha256, by, files);
  if (!allow) {
    const manifest = await describe(
      url,
      folder,
      { kind, name, version, summary, modules },
      plugin.known,
      tell,
    );
    files.set(MANIFEST, manifest);
    store.putBuild(graph.sha256, by, new Map([[MANIFEST, manifest]]));
  }
  const built = { by, sha256: await buildHash(files) };
  const origins = used.length === 0 ? {} : { origins: used };
  const { sha256 } = graph;
  return [folder, { kind, name, version, summary, sha256, allow, modules, ...origins, built }];
}

/** The stored description of a plugin when it is loaded; `shown` is the one from its source. */
async function describe(
  url: string,
  folder: string,
  plugin: Pick<LockedPlugin, "kind" | "name" | "version" | "summary" | "modules">,
  shown: KnownPlugin,
  tell: Consent["tell"],
): Promise<string> {
  using sandbox = startSandbox(folder, plugin, tell);
  const described = await sandbox.described;
  const { functions } = described;
  const known: KnownPlugin = {
    data: Object(withOctets(described.data)),
    functions,
    computed: [],
  };
  const { kind } = plugin;
  const problems = [...await problemsOf(kind, known), ...await borrowedNames(known)];
  for (const prefix of conditionPrefixes(known)) {
    // Where conditions are known only once it runs, consent did not show them
    if (prefix === known.data.name || conditionPrefixes(shown).includes(prefix)) continue;
    problems.push(`its conditions ${quote(`${prefix}.*`)} are not of its name ${plugin.name}`);
  }
  const differing = new Set(changed(shown, known));
  // Results and lists say these, so they count also where the source computes them
  for (const member of ["name", "version", "summary"] as const) {
    if (known.data[member] !== plugin[member]) differing.add(member);
  }
  for (const member of differing) {
    problems.push(`its ${quote(member)} is not what its source says once it runs`);
  }
  const more = (await loadKind(kind)).beyond(known);
  if (more.length > 0) problems.push(beyondText(more));
  if (problems.length > 0) throw new Failure(`${url} is not a ${kind}: ${problems.join("; ")}`);
  if (kind === "chain") {
    await sandboxedChain(described, sandbox, url);
    return JSON.stringify(described);
  }
  // Arms that options decide on are asked for once, so that those that cannot run are refused now
  const defaults = readValues((known.data.options ?? {}) as Options, {});
  await withOptions(sandboxedSpider(described, () => sandbox), defaults);
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
