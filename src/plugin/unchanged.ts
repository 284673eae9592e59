import { Failure } from "../host/failure.ts";
import { Fetcher, FetchFailure } from "./fetch.ts";
import type { LockedModule, LockedPlugin } from "./lock.ts";
import { originsOf } from "./origins.ts";
import { sha256 } from "./sha256.ts";
import type { Consent } from "./trust.ts";

/** Time limit for asking the servers of a stored plugin whether it has changed, in milliseconds. */
const SAME_MS = 3000;

/**
 * Asks the servers of an accepted plugin whether it is still the same. Where they cannot be
 * reached, the accepted version is used.
 *
 * @throws {Failure} with both hashes when it has changed
 */
export async function checkUnchanged(
  url: string,
  locked: LockedPlugin,
  { tell }: Consent,
): Promise<void> {
  const signal = AbortSignal.timeout(SAME_MS);
  const origins = originsOf(url, locked);
  const fetcher = new Fetcher(origins);
  const isSame = async (asked: string, module: LockedModule) => {
    const found = await fetcher.fetch(asked, signal);
    return found.url === module.url && await sha256(found.octets) === module.sha256;
  };
  try {
    const [own, ...others] = locked.modules as [LockedModule, ...LockedModule[]];
    // The first to come tells whether the plugin is of a public server
    const same = [
      await isSame(url, own),
      ...await Promise.all(
        [own, ...others].flatMap((module) => {
          const { aliases } = module;
          const asked = aliases.length > 0 ? aliases : [module.url];
          return asked.filter((one) => module !== own || one !== url && one !== own.url)
            .map((one) => isSame(one, module));
        }),
      ),
    ];
    if (same.every((one) => one)) return;
  } catch (error) {
    if (!(error instanceof FetchFailure)) throw error;
    tell(`warning: ${error.message}; running the stored copy of ${url}`);
    return;
  }
  const { fetchGraph } = await import("./inspect.ts");
  const { sha256: now } = await fetchGraph(url, origins);
  // The same code may lie at another place, to which its own URL leads now
  if (now === locked.sha256) return;
  throw new Failure(
    `${url} has changed: ${locked.sha256} was accepted, and now it is ${now}; ` +
      `see it with spider plugins update ${url}, or run what was accepted with --offline`,
  );
}
