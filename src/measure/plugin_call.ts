import { Failure } from "../host/failure.ts";
import type { Target } from "../contract/job.ts";
import type { SpiderOf } from "../contract/spider.ts";

/** Calls into a plugin. What it throws becomes a {@linkcode Failure} that names plugin and hook. */
export async function callPlugin<T>(
  spider: SpiderOf<Target>,
  hook: string,
  call: () => T | Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`the spider ${spider.name} failed in ${hook}: ${said(error)}`, {
      cause: error,
    });
  }
}

/** The folder of the program's own code: that of the sources, or of what they were made into. */
const OWN =
  new URL(import.meta.url.endsWith("/measure/plugin_call.ts") ? ".." : ".", import.meta.url)
    .href;

/** What was thrown, with the places in the plugin's own code. */
function said(error: unknown): string {
  if (!(error instanceof Error) || error.stack === undefined) return String(error);
  const lines = error.stack.split("\n");
  const ours = lines.findIndex((line) => line.includes(OWN));
  return lines.slice(0, ours < 0 ? undefined : Math.max(1, ours)).join("\n");
}
