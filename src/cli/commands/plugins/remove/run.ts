import { lockPath, readLock } from "../../../../plugin/lock.ts";
import { forget } from "../../../../plugin/remote.ts";
import type { Context } from "../../../command.ts";
import type { RemoveInvocation } from "./options.ts";
import { lockedUrl } from "../locked.ts";
import { output } from "../output.ts";

/** Runs `spider plugins remove`. */
export function run(
  { options, positionals }: RemoveInvocation,
  { stdout }: Context,
): Promise<number> {
  const path = lockPath(options.lock);
  const plugins = readLock(path);
  const url = lockedUrl(positionals[0]!, plugins, path);
  const { name, sha256 } = plugins[url]!;
  forget(url, path);
  output(stdout, options.json, { url, name, sha256, lock: path }, () => `Removed ${name}, ${url}.`);
  return Promise.resolve(0);
}
