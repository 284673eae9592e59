import { describe } from "../../../../plugin/describe.ts";
import { Descriptions } from "../../../../plugin/descriptions.ts";
import { clash, findAll, type FoundPlugin } from "../../../../plugin/finder.ts";
import { lockPath, readLock } from "../../../../plugin/lock.ts";
import { spiderNames } from "../../../../plugin/bundled.ts";
import type { Context } from "../../../command.ts";
import type { ListInvocation } from "./options.ts";
import { tableLines } from "../../../terminal/table.ts";
import { output } from "../output.ts";

/** Runs `spider plugins list`. */
export async function run({ options }: ListInvocation, { stdout }: Context): Promise<number> {
  const places = { folders: options["plugin-dir"], lock: options.lock };
  const found = findAll(spiderNames(), places);
  const locked = readLock(lockPath(options.lock));
  const descriptions = new Descriptions();
  const list = await Promise.all(found.map((one) => {
    const make = () => describe(one, locked);
    return one.from === "folder" ? descriptions.of(one, make) : make();
  }));
  descriptions.save();
  const plugins = list.map((plugin) => {
    const same = found.filter((_, at) =>
      list[at]!.name === plugin.name && list[at]!.kind === plugin.kind
    );
    return { ...plugin, broken: plugin.broken ?? clashText(plugin.name, same) };
  });
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

function clashText(name: string, same: readonly FoundPlugin[]): string | null {
  return same.length < 2 ? null : clash(name, same).message;
}
