import { describeAll } from "../../../../plugin/describe.ts";
import type { Description } from "../../../../plugin/description.ts";
import { clash, findAll, type FoundPlugin } from "../../../../plugin/finder.ts";
import { brokenEntry, lockPath, readLockFile } from "../../../../plugin/lock.ts";
import { bundledPlugins } from "../../../../plugin/bundled.ts";
import type { Context } from "../../../command.ts";
import type { ListInvocation } from "./options.ts";
import { tableLines } from "../../../terminal/table.ts";
import { output } from "../../../output.ts";
import { cleaned } from "../../../../target/quote.ts";

/** Runs `spider plugins list`. */
export async function run({ options }: ListInvocation, { stdout }: Context): Promise<number> {
  const places = { folders: options["plugin-dir"], lock: options.lock };
  const found = findAll(bundledPlugins(), places);
  const path = lockPath(options.lock);
  const { plugins: locked, broken } = readLockFile(path);
  const list = await describeAll(found, locked);
  const usable = list.map((plugin) => {
    const same = found.filter((_, at) =>
      list[at]!.name === plugin.name && list[at]!.kind === plugin.kind
    );
    return { ...plugin, broken: plugin.broken ?? clashText(plugin.name, same) };
  });
  const plugins = [...usable, ...Object.keys(broken).map((url) => brokenPlugin(url, path))];
  output(stdout, options.json, plugins, () =>
    tableLines(
      [{}, {}, {}, { ragged: true }, {}],
      plugins.map(({ name, kind, version, place, summary, broken }) => [
        name,
        kind ?? "?",
        version ?? "?",
        broken === null ? summary ?? "?" : `broken: ${broken}`,
        place ?? "",
      ]),
    ).join("\n"));
  return 0;
}

/** A plugin of which the lock file says nothing that can be used. */
function brokenPlugin(url: string, path: string): Description {
  const place = cleaned(url);
  const unknown = { kind: null, version: null, summary: null } as const;
  return { name: "?", ...unknown, from: "url", place, broken: brokenEntry(path, url) };
}

function clashText(name: string, same: readonly FoundPlugin[]): string | null {
  return same.length < 2 ? null : clash(name, same).message;
}
