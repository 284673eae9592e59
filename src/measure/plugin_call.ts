import { Failure } from "../host/failure.ts";
import { stackOutside } from "../host/stack.ts";
import type { Manifest } from "../contract/manifest.ts";

/**
 * Calls into a plugin. What it throws becomes a {@linkcode Failure} that names plugin and hook. Not an
 * async function: it is called several times a target, and most calls have their result at once.
 */
export function callPlugin<T>(
  plugin: Pick<Manifest, "kind" | "name">,
  hook: string,
  call: () => T | Promise<T>,
): Promise<T> {
  const failed = (error: unknown): never => {
    if (error instanceof Failure) throw error;
    const thrown = stackOutside(error, OWN);
    throw new Failure(`the ${plugin.kind} ${plugin.name} failed in ${hook}: ${thrown}`, {
      cause: error,
    });
  };
  try {
    const result = call();
    return isThenable(result) ? Promise.resolve(result).catch(failed) : Promise.resolve(result);
  } catch (error) {
    return Promise.reject(error).catch(failed);
  }
}

function isThenable(value: unknown): boolean {
  return typeof value === "object" && value !== null && "then" in value;
}

/** The folder of the program's own code: that of the sources, or of what they were made into. */
const OWN =
  new URL(import.meta.url.endsWith("/measure/plugin_call.ts") ? ".." : ".", import.meta.url)
    .href;
