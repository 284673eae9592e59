import { PLUGIN_KINDS } from "../contract/manifest.ts";
import { Failure } from "../host/failure.ts";
import { borrowedNames } from "./condition_prefixes.ts";
import type { Fault } from "./fault.ts";
import { formFaults, schemaFaults } from "./form.ts";
import type { KnownPlugin } from "./known_plugin.ts";
import { kindOf, loadKind } from "./kind/registry.ts";
import type { Located } from "./locate.ts";
import { lockPath, readLock } from "./lock.ts";
import { isAccepted, type Loaded, loadPlugin } from "./read.ts";
import type { SourceManifest } from "./reading/manifest_source.ts";
import { localManifest, manifestIn, SourceReader } from "./reading/reader.ts";
import { SourceFailure } from "./reading/source_failure.ts";
import { checkRequired, needed } from "./requires.ts";
import { armList } from "./schema/arm.ts";
import { readValues } from "./schema/option.ts";
import type { PluginSettings } from "./settings.ts";
import { testFaults } from "./testing/faults.ts";
import { cleaned, quote } from "../target/quote.ts";

/** The outcome of checking a plugin. */
export interface Checked {
  /** Its file or URL; its name for one that ships with the program. */
  readonly where: string;
  readonly kind: string | null;
  readonly name: string | null;
  /** Whether it was run, so that what its source does not say was checked too. */
  readonly ran: boolean;
  /** All that is wrong, in the order of lines. */
  readonly faults: readonly Fault[];
  /** The plugin that was run; null when it was not. */
  readonly plugin: Loaded["plugin"] | null;
}

/** Checks a plugin, all of it: reads its source, and runs it only where it may run. */
export async function checkPlugin(located: Located, settings: PluginSettings): Promise<Checked> {
  const where = placeOf(located);
  const faults: Fault[] = [];
  const source = await attempt(faults, () => readSource(located, settings), where);
  let loaded: Loaded | null = null;
  // The syntax error would only be reported again
  const unreadable = source === undefined && faults.some(({ line }) => line !== undefined);
  const mayRun = located.from !== "url" || isAccepted(located.url, settings);
  if (mayRun && !unreadable) {
    const before = faults.length;
    loaded = await attempt(faults, () => loadPlugin(located, settings), where) ?? null;
    // Once it runs, how its source is written does not matter
    if (loaded !== null) faults.splice(0, before);
    else faults.push(...faults.splice(before).map((fault) => thrown(fault, where)));
  }
  const known = loaded === null ? source : knownOf(loaded);
  if (known !== undefined) {
    const name = located.from === "file" ? { name: located.name } : {};
    const data: KnownPlugin["data"] = { ...name, ...known.data };
    faults.push(...await manifestFaults({ ...known, data }, settings));
    if (located.from === "url") {
      const borrowed = await borrowedNames({ ...known, data });
      faults.push(...borrowed.map((text) => ({ place: "", text })));
    }
    if (located.from === "file" && located.inFolder && data.name !== located.name) {
      const text = `is ${quote(data.name)}, and in a folder of plugins it must be that of its file`;
      faults.push({ place: "name", text });
    }
  }
  if (loaded !== null) faults.push(...await testFaults(loaded.plugin, loaded.tests));
  const text = (key: string) => {
    const value = known?.data[key];
    return typeof value === "string" ? cleaned(value) : null;
  };
  return {
    where,
    kind: text("kind"),
    name: text("name") ?? (located.from === "file" ? located.name : null),
    ran: loaded !== null,
    faults: placed(faults, source),
    plugin: loaded?.plugin ?? null,
  };
}

/** A fault of loading, with the line of the plugin that the stack in it names. */
function thrown(fault: Fault, where: string): Fault {
  const file = where.replace(/^(\.\/)+/, "");
  const at = fault.text.lastIndexOf(`${file}:`);
  const line = at < 0 ? null : /^\d+/.exec(fault.text.slice(at + file.length + 1));
  return { ...fault, line: line === null ? null : Number(line[0]) };
}

function placeOf(located: Located): string {
  if (located.from === "file") return located.path;
  return located.from === "url" ? located.url : located.name;
}

async function readSource(
  located: Located,
  settings: PluginSettings,
): Promise<SourceManifest | undefined> {
  if (located.from === "bundled") return undefined;
  if (located.from === "file") {
    await using reader = new SourceReader();
    return await localManifest(located.path, reader);
  }
  const { acceptedGraph } = await import("./accepted_graph.ts");
  const { url } = located;
  const locked = readLock(lockPath(settings.lock))[url];
  const { graph } = await acceptedGraph(url, locked, settings.origins);
  return manifestIn(graph.manifest);
}

function knownOf({ plugin }: Loaded): KnownPlugin {
  return { data: plugin, functions: [], computed: [] };
}

/** All that is wrong with a plugin's manifest. */
async function manifestFaults(known: KnownPlugin, settings: PluginSettings): Promise<Fault[]> {
  const name = kindOf(known.data);
  if (name === null) {
    const text = `is ${quote(known.data.kind)}, and there is ${PLUGIN_KINDS.join(", ")}`;
    return [{ place: "kind", text }];
  }
  const kind = await loadKind(name);
  const chains = async () => await (await import("./chains.ts")).chainNames(settings);
  const form = formFaults(known, kind);
  const data = { ...known.data, ...await computedArms(known, form) };
  const own = Array.isArray(data.chains) ? data.chains : [];
  const inner = await Promise.all(own.map((chain, at) => chainFaults(chain, at, known)));
  const functions = known.functions.filter((place) => !place.includes("."));
  const whole = { ...Object.fromEntries(functions.map((place) => [place, () => {}])), ...data };
  // References in a malformed part would be reported twice
  const more = (await kind.references(whole, chains)).filter(({ place }) =>
    !form.some((one) => one.place.startsWith(place))
  );
  return [...form, ...more, ...inner.flat(), ...await requiredFaults(data, settings)];
}

/** The arms of a spider whose arms are a function, with the defaults of its options. */
async function computedArms({ data }: KnownPlugin, form: Fault[]): Promise<object> {
  const { arms, options = {} } = data;
  if (typeof arms !== "function" || form.some(({ place }) => place.startsWith("options"))) {
    return {};
  }
  try {
    const list = await arms(readValues(options as never, {}));
    for (const { place, text } of schemaFaults(armList, list, "an arm")) {
      form.push({ place: place === "" ? "arms" : `arms.${place}`, text });
    }
    return { arms: list };
  } catch (error) {
    form.push({ place: "arms", text: `fails: ${error instanceof Error ? error.message : error}` });
    return {};
  }
}

/** What is wrong with a chain of a spider's own. */
async function chainFaults(chain: unknown, at: number, known: KnownPlugin): Promise<Fault[]> {
  if (typeof chain !== "object" || chain === null) return [];
  const kind = await loadKind("chain");
  const under = (places: readonly string[]) =>
    places.filter((place) => place.startsWith(`chains.${at}.`))
      .map((place) => place.slice(`chains.${at}.`.length));
  const own = {
    data: chain as KnownPlugin["data"],
    functions: under(known.functions),
    computed: known.computed.includes("...") ? ["..."] : under(known.computed),
  };
  const hooks = Object.fromEntries(own.functions.map((name) => [name, () => {}]));
  const faults = [
    ...formFaults(own, kind),
    ...await kind.references({ ...own.data, ...hooks }, () => Promise.resolve([])),
  ];
  return faults.map(({ place, text }) => ({
    place: place === "" ? `chains.${at}` : `chains.${at}.${place}`,
    text,
  }));
}

async function requiredFaults(
  data: KnownPlugin["data"],
  settings: PluginSettings,
): Promise<Fault[]> {
  const plugin = needed(data, "itself");
  const faults: Fault[] = [];
  if (plugin !== null) await attempt(faults, () => checkRequired(plugin, settings), "", "requires");
  return faults;
}

/** Calls a function, and records its failure as a fault. */
async function attempt<T>(
  faults: Fault[],
  work: () => T | Promise<T>,
  where: string,
  place = "",
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SourceFailure) {
      const { message, where, line } = error;
      faults.push({ place, text: without(where, message), line, file: where });
    } else if (error instanceof Failure) {
      faults.push({ place, text: without(where, error.message) });
    } else throw error;
    return undefined;
  }
}

/** A message without the path at its begin, which stands before the line. */
function without(where: string, message: string): string {
  return message.startsWith(`${where} `) ? message.slice(where.length + 1) : message;
}

/** The faults with their lines, in the order of these. */
function placed(faults: readonly Fault[], source: SourceManifest | undefined): Fault[] {
  const line = (place: string): number | null => {
    const found = source?.lines.get(place);
    if (found !== undefined) return found;
    return place === "" ? null : line(place.replace(/\.?[^.]*$/, ""));
  };
  return faults
    .map((fault) => ({ ...fault, line: fault.line === undefined ? line(fault.place) : fault.line }))
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
}
