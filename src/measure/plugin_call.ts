import { Failure } from "../host/failure.ts";
import { stackOutside } from "../host/stack.ts";
import type { Manifest } from "../contract/manifest.ts";

/** Calls into a plugin. What it throws becomes a {@linkcode Failure} that names plugin and hook. */
export function callPlugin<T>(
  plugin: Pick<Manifest, "kind" | "name">,
  hook: string,
  call: () => T | Promise<T>,
): Promise<T> {
  // Not an async function: it is called several times a target, and most calls have their result at once
  try {
    return Promise.resolve(callAtOnce(plugin, hook, call));
  } catch (error) {
    return Promise.reject(error);
  }
}

/** The same, whose result is there at once, or thrown, where the plugin does not answer later. */
export function callAtOnce<T>(
  plugin: Pick<Manifest, "kind" | "name">,
  hook: string,
  call: () => T | Promise<T>,
): T | Promise<T> {
  const failed = (error: unknown): never => {
    if (error instanceof Failure) throw error;
    const thrown = stackOutside(error, OWN);
    throw new Failure(`the ${plugin.kind} ${plugin.name} failed in ${hook}: ${thrown}`, {
      cause: error,
    });
  };
  try {
    const result = call();
    return isThenable(result) ? Promise.resolve(result).catch(failed) : result;
  } catch (error) {
    return failed(error);
  }
}

/** What follows from a result, now or as soon as it is there. */
export function andThen<T, U>(result: T | Promise<T>, next: (value: T) => U | Promise<U>) {
  return isThenable(result) ? result.then(next) : next(result);
}

function isThenable<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof value === "object" && value !== null && "then" in value;
}

/** The folder of the program's own code: that of the sources, or of what they were made into. */
const OWN =
  new URL(import.meta.url.endsWith("/measure/plugin_call.ts") ? ".." : ".", import.meta.url)
    .href;
