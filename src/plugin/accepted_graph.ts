import { type Graph, readGraph } from "./graph.ts";
import { fetchGraph } from "./inspect.ts";
import type { LockedPlugin } from "./lock.ts";
import { type Origins, originsOf } from "./origins.ts";
import { Store } from "./store.ts";

/**
 * The modules of a plugin from a URL. Of one that was accepted, what was accepted, whatever its server
 * has now: from the store, and only where it is not there from the server.
 *
 * @param words origins that are accepted now
 * @throws {Failure} when one cannot be fetched or read, or is not what was stored
 */
export async function acceptedGraph(
  url: string,
  locked: LockedPlugin | undefined,
  words: readonly string[] = [],
): Promise<{ readonly graph: Graph; readonly origins: Origins }> {
  const stored = locked === undefined ? null : await new Store().reader(url, locked);
  const origins = originsOf(url, locked, words);
  const graph = stored === null
    ? await fetchGraph(url, origins)
    : await readGraph(url, origins, stored);
  return { graph, origins };
}
