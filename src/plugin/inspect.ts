import type { PluginKind } from "../contract/manifest.ts";
import { Failure } from "../host/failure.ts";
import { beyondText } from "./boundary.ts";
import { borrowedNames } from "./condition_prefixes.ts";
import { Fetcher } from "./fetch.ts";
import { type Graph, readGraph } from "./graph.ts";
import type { KnownPlugin } from "./known_plugin.ts";
import { problemsOf } from "./problems.ts";
import type { Origins } from "./origins.ts";
import { kindOf, loadKind } from "./kind/registry.ts";
import { manifestIn } from "./reading/reader.ts";

/** How long fetching a plugin may take, all modules together, in milliseconds. */
const FETCH_MS = 30_000;
/** The same for one module. */
const MODULE_MS = 10_000;

/** A plugin that was read and not run. */
export interface Inspected {
  readonly graph: Graph;
  readonly known: KnownPlugin;
  readonly kind: PluginKind;
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  /** What it asks for, see {@linkcode asksFor}. */
  readonly asks: readonly string[];
  /** Why it cannot run without permission, see {@linkcode beyondText}. */
  readonly beyond: readonly string[];
}

/**
 * Fetches a plugin with all its modules.
 *
 * @throws {Failure} that says which module cannot be fetched or read
 */
export function fetchGraph(url: string, origins: Origins): Promise<Graph> {
  const whole = AbortSignal.timeout(FETCH_MS);
  const fetcher = new Fetcher(origins);
  return readGraph(
    url,
    origins,
    (module) => fetcher.fetch(module, AbortSignal.any([whole, AbortSignal.timeout(MODULE_MS)])),
  );
}

/**
 * Reads what a plugin says of itself from its source.
 *
 * @throws {Failure} when it is no plugin that this program can run, or has names that ship with it
 */
export async function inspect(graph: Graph, where: string): Promise<Inspected> {
  const known = manifestIn(graph.manifest);
  const kind = kindOf(known.data);
  const problems = [
    ...await problemsOf(kind, known),
    ...await borrowedNames(known),
  ];
  if (problems.length > 0) {
    const { title } = await loadKind(kind ?? "spider");
    throw new Failure(`${where} is not ${title}: ${problems.join("; ")}`);
  }
  const text = (name: string) => {
    const value = known.data[name];
    if (typeof value === "string") return value;
    throw new Failure(
      `${where} cannot be inspected: its ${name} must be a literal text in the source`,
    );
  };
  const { beyond, asks } = await loadKind(kind!);
  return {
    graph,
    known,
    kind: kind!,
    name: text("name"),
    version: text("version"),
    summary: text("summary"),
    beyond: beyond(known),
    asks: asks(known.data),
  };
}

/**
 * Checks that a plugin can run without permission.
 *
 * @throws {Failure} that says which members prevent it
 */
export function checkWithin({ beyond }: Inspected, where: string): void {
  if (beyond.length > 0) throw new Failure(`${where} cannot run: ${beyondText(beyond)}`);
}
