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
    const said = error instanceof Error ? error.stack ?? error.message : String(error);
    throw new Failure(`the spider ${spider.name} failed in ${hook}: ${said}`, { cause: error });
  }
}
