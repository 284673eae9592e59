import type { LockedPlugin } from "../lock.ts";
import type { Consent } from "../trust.ts";
import { ENTRY } from "../worker_files.ts";
import { Sandbox } from "./sandbox.ts";

/** Starts the worker of a plugin in the store. */
export function startSandbox(
  folder: string,
  { name, modules }: Pick<LockedPlugin, "name" | "modules">,
  tell: Consent["tell"],
): Sandbox {
  const files = `file://${encodeURI(folder)}`;
  return new Sandbox({
    entry: files + ENTRY,
    name,
    rename: (text) =>
      text.replaceAll(files, "").replaceAll(
        /\b(\d+)\.mjs/g,
        (file, at) => modules[at]?.url ?? file,
      ),
    tell,
  });
}
