import { Failure } from "../host/failure.ts";
import { beyond, beyondText } from "./boundary.ts";
import { fetchModule } from "./fetch.ts";
import { type Graph, readGraph } from "./graph.ts";
import type { KnownPlugin } from "./form.ts";
import { spiderProblems } from "./manifest_check.ts";
import { sourceManifest } from "./manifest_source.ts";

/** How long fetching a plugin may take, all modules together, in milliseconds. */
const FETCH_MS = 30_000;
/** The same for one module. */
const MODULE_MS = 10_000;

/** A plugin that was read and not run. */
export interface Inspected {
  readonly graph: Graph;
  readonly known: KnownPlugin;
  readonly kind: string;
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  /** Why it cannot run without permission, see {@linkcode beyond}. */
  readonly beyond: readonly string[];
}

/**
 * Fetches a plugin with all its modules.
 *
 * @throws {Failure} that says which module cannot be fetched or read
 */
export function fetchGraph(url: string): Promise<Graph> {
  const whole = AbortSignal.timeout(FETCH_MS);
  return readGraph(
    url,
    (module) => fetchModule(module, AbortSignal.any([whole, AbortSignal.timeout(MODULE_MS)])),
  );
}

/**
 * Reads what a plugin says of itself from its source.
 *
 * @throws {Failure} when it is no spider that this program can run
 */
export function inspect(graph: Graph, where: string): Inspected {
  const known = sourceManifest(graph.program, where);
  const problems = spiderProblems(known);
  if (problems.length > 0) throw new Failure(`${where} is not a spider: ${problems.join("; ")}`);
  const text = (name: string) => {
    const value = known.data[name];
    if (typeof value === "string") return value;
    throw new Failure(
      `${where} cannot be inspected: its ${name} must be a literal text in the source`,
    );
  };
  return {
    graph,
    known,
    kind: text("kind"),
    name: text("name"),
    version: text("version"),
    summary: text("summary"),
    beyond: beyond(known),
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
