import { Failure } from "../../../../host/failure.ts";
import { acceptNew } from "../../../../plugin/accept.ts";
import { pluginFolder } from "../../../../plugin/folders.ts";
import { lockPath, readLock } from "../../../../plugin/lock.ts";
import { readSource } from "../../../../plugin/source.ts";
import { findAll, placeOf } from "../../../../plugin/finder.ts";
import { bundledPlugins } from "../../../../plugin/bundled.ts";
import { consent } from "../../../consent.ts";
import type { Context } from "../../../command.ts";
import type { AddInvocation } from "./options.ts";
import { teller } from "../../../terminal/tell.ts";
import { output } from "../../../output.ts";

/** Runs `spider plugins add`. */
export async function run(
  { options, positionals }: AddInvocation,
  streams: Context,
): Promise<number> {
  const [word] = positionals;
  const source = readSource(word!);
  if (source.kind !== "url") {
    throw new Failure(
      `${word} is no URL: to name a plugin on this host, put its file into ${
        pluginFolder() ?? "a folder for --plugin-dir"
      }`,
    );
  }
  const path = lockPath(options.lock);
  const was = readLock(path)[source.url];
  if (was !== undefined && (was.allow || !options.allow)) {
    throw new Failure(
      `${source.url} is there already; see what has changed with spider plugins update ${was.name}`,
    );
  }
  const settings = { consent: consent(options.trust, streams), origins: options.origin };
  const [, plugin] = await acceptNew(source, path, settings, options.allow, was);
  const { name, kind, version, sha256, allow } = plugin;
  output(streams.stdout, options.json, {
    url: source.url,
    name,
    kind,
    version,
    sha256,
    allow,
    lock: path,
  }, () => `Added ${kind} ${name} ${version}; it is noted in ${path}.`);
  const same = findAll(bundledPlugins(), { folders: [], lock: path }).filter((one) =>
    one.name === name && !(one.from === "url" && one.url === source.url)
  );
  const tell = teller(streams.stderr);
  for (const other of same) {
    tell(`warning: ${placeOf(other)} has a plugin ${name} too; name this one by its URL`);
  }
  return 0;
}
