import { lockPath, readLockFile } from "../../../../plugin/lock.ts";
import { forget } from "../../../../plugin/remote.ts";
import type { Context } from "../../../command.ts";
import type { RemoveInvocation } from "./options.ts";
import { lockedUrl } from "../locked.ts";
import { output } from "../../../output.ts";
import { cleaned } from "../../../../target/quote.ts";

/** Runs `spider plugins remove`. */
export function run(
  { options, positionals }: RemoveInvocation,
  { stdout }: Context,
): Promise<number> {
  const path = lockPath(options.lock);
  const { plugins, broken } = readLockFile(path);
  const [word = ""] = positionals;
  const url = Object.hasOwn(broken, word) ? word : lockedUrl(word, plugins, path);
  const { name, sha256 } = plugins[url] ?? { name: "what was broken", sha256: null };
  forget(url, path);
  output(
    stdout,
    options.json,
    { url, name, sha256, lock: path },
    () => `Removed ${name}, ${cleaned(url)}.`,
  );
  return Promise.resolve(0);
}
