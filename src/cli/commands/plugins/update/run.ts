import { acceptNew } from "../../../../plugin/accept.ts";
import { fetchGraph } from "../../../../plugin/inspect.ts";
import { type LockedModule, lockPath, readLock } from "../../../../plugin/lock.ts";
import { originsOf } from "../../../../plugin/origins.ts";
import { removeUnused } from "../../../../plugin/remote.ts";
import { Store } from "../../../../plugin/store.ts";
import type { RemoteSettings } from "../../../../plugin/settings.ts";
import { consent } from "../../../consent.ts";
import type { Context } from "../../../command.ts";
import type { UpdateInvocation } from "./options.ts";
import { teller } from "../../../terminal/tell.ts";
import { lockedUrl } from "../locked.ts";
import { output } from "../../../output.ts";

/** The outcome of updating a plugin. */
interface Updated {
  readonly url: string;
  readonly name: string;
  readonly was: string;
  readonly sha256: string | null;
  /** URLs of the modules that are new, gone, or others than before. */
  readonly changed: readonly string[];
  /** Why it stayed as it was; null when it did not fail. */
  readonly error: string | null;
}

/** Runs `spider plugins update`: the status is 1 when one could not be updated. */
export async function run(
  { options, positionals }: UpdateInvocation,
  streams: Context,
): Promise<number> {
  const path = lockPath(options.lock);
  const plugins = readLock(path);
  const urls = positionals.length === 0
    ? Object.keys(plugins)
    : positionals.map((word) => lockedUrl(word, plugins, path));
  const done: Updated[] = [];
  const settings = { consent: consent(options.trust, streams), origins: options.origin };
  for (const url of urls) done.push(await update(url, path, settings));
  const tell = teller(streams.stderr);
  for (const { name, error } of done) if (error !== null) tell(`spider: ${name}: ${error}`);
  output(
    streams.stdout,
    options.json,
    done,
    () => done.map(text).join("\n") || `${path} has no plugins.`,
  );
  return done.some(({ error }) => error !== null) ? 1 : 0;
}

async function update(
  url: string,
  path: string,
  settings: Pick<RemoteSettings, "consent" | "origins">,
): Promise<Updated> {
  const was = readLock(path)[url]!;
  const said = { url, name: was.name, was: was.sha256, changed: [] };
  try {
    const whole = await new Store().get(url, was).then((folder) => folder !== null, () => false);
    // What was altered in the store is fetched again although its server has not changed
    if (
      whole && (await fetchGraph(url, originsOf(url, was, settings.origins))).sha256 === was.sha256
    ) {
      return { ...said, sha256: was.sha256, error: null };
    }
    const source = { kind: "url", url, pin: null } as const;
    const [, now] = await acceptNew(source, path, settings, was.allow, was);
    removeUnused(was.sha256, path);
    const changed = changedModules(was.modules, now.modules);
    return { ...said, sha256: now.sha256, changed, error: null };
  } catch (error) {
    return { ...said, sha256: null, error: error instanceof Error ? error.message : String(error) };
  }
}

function changedModules(was: readonly LockedModule[], now: readonly LockedModule[]): string[] {
  const inBoth = (one: LockedModule) =>
    [was, now].every((all) =>
      all.some(({ url, sha256 }) => url === one.url && sha256 === one.sha256)
    );
  return [...new Set([...now, ...was].filter((one) => !inBoth(one)).map(({ url }) => url))];
}

function text({ name, was, sha256, changed, error }: Updated): string {
  if (error !== null) return `${name} stays as it was.`;
  if (was === sha256) return `${name} has not changed.`;
  return [`${name} is now ${sha256}; changed:`, ...changed.map((url) => `  ${url}`)].join("\n");
}
