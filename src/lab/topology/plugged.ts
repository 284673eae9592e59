import { resolve } from "node:path";
import { Failure } from "../../host/failure.ts";
import type { PluginSettings } from "../../plugin/settings.ts";
import { readSource } from "../../plugin/source.ts";
import { readPrefix } from "../../target/prefix.ts";
import { namedMiddlebox, refusedNarrowing } from "../box/named.ts";
import type { MiddleboxEntry, ServiceEntry } from "../file/lab_file.ts";
import type { ValuePath } from "../file/yaml.ts";
import { namedService } from "../service/named.ts";
import { type Network, networkOf } from "./addresses.ts";
import type { Faults } from "./faults.ts";
import type { PlannedBox, PlannedService } from "./network_plan.ts";

/** Where the plugins that a lab's file names are found. */
export interface PluggedFrom {
  /** Where they are looked for, and which may run. */
  readonly settings: PluginSettings | undefined;
  /** The folder that paths in the file begin in. */
  readonly folder: string;
}

/**
 * The middleboxes of a router.
 *
 * @param behind the networks of a host, by its name; undefined of no host
 */
export async function planBoxes(
  router: string,
  entries: readonly MiddleboxEntry[],
  behind: (host: string) => readonly Network[] | undefined,
  from: PluggedFrom,
  faults: Faults,
): Promise<PlannedBox[]> {
  const boxes: PlannedBox[] = [];
  for (const [at, entry] of entries.entries()) {
    const path = ["routers", router, "middleboxes", at];
    const told = typeof entry === "string" ? { middlebox: entry } : entry;
    const found = await loaded(() =>
      namedMiddlebox(told.middlebox, from.settings, told.value, (word) => resolved(word, from))
    );
    if (typeof found === "string") {
      faults.add(path, found);
      continue;
    }
    const refused = refusedNarrowing(found, told);
    if (refused !== undefined) {
      faults.add([...path, refused], `${found.box.name} cannot be told ${refused}`, true);
    }
    const { to, port = null, direction = null, probability = null } = told;
    const networks = to === undefined
      ? null
      : networksOf([to].flat(), [...path, "to"], behind, faults);
    if (direction !== null && networks === null) {
      faults.add(
        [...path, "direction"],
        "a direction needs to: it says what lies behind the middlebox",
      );
    }
    boxes.push({ ...found, to: networks, port, direction, probability });
  }
  return boxes;
}

/** The services of a host, of which no two have the same port. */
export async function planServices(
  host: string,
  entries: readonly ServiceEntry[],
  from: PluggedFrom,
  faults: Faults,
): Promise<PlannedService[]> {
  const services: PlannedService[] = [];
  const taken = new Map<string, string>();
  for (const [at, entry] of entries.entries()) {
    const path = ["hosts", host, "services", at];
    const found = await loaded(() =>
      namedService(entry, from.settings, (word) => resolved(word, from))
    );
    if (typeof found === "string") {
      faults.add(path, found);
      continue;
    }
    if (found.service.type === "tester") {
      faults.add(
        path,
        `${found.service.name} is a tester: it runs in experiments (spider help experiments)`,
      );
      continue;
    }
    for (const { transport, port } of found.ports) {
      const key = `${transport} ${port}`;
      const other = taken.get(key);
      if (other !== undefined) {
        faults.add(path, `${other} has port ${port} of ${transport} already`);
      }
      taken.set(key, found.service.name);
    }
    services.push(found);
  }
  return services;
}

/** A path of a plugin, from the folder of the file on; other words as they are. */
export function resolved(word: string, { folder }: PluggedFrom): string {
  return readSource(word).kind === "path" ? resolve(folder, word) : word;
}

/** The networks that hosts and prefixes stand for. */
function networksOf(
  words: readonly string[],
  path: ValuePath,
  behind: (host: string) => readonly Network[] | undefined,
  faults: Faults,
): Network[] {
  return words.flatMap((word) => {
    const host = behind(word);
    if (host !== undefined) return host;
    if (typeof readPrefix(word) !== "string") return [networkOf(word)];
    faults.add(path, `${word} is neither a host nor a prefix`);
    return [];
  });
}

/** What a function gives; of a plugin that cannot be loaded, why. */
async function loaded<T>(load: () => Promise<T>): Promise<T | string> {
  try {
    return await load();
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
}
