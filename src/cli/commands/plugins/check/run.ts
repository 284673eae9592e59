import type { Spider } from "../../../../contract/spider.ts";
import { type Checked, checkPlugin } from "../../../../plugin/check.ts";
import type { Fault } from "../../../../plugin/fault.ts";
import { measure } from "../../measure/command.ts";
import { optionsOf } from "../../../parse.ts";
import { findingOf } from "../../../plugin_options.ts";
import type { Context } from "../../../command.ts";
import type { CheckInvocation } from "./options.ts";
import { UsageError } from "../../../../host/usage_error.ts";
import { located } from "../located.ts";
import { output } from "../../../output.ts";

/** Runs `spider plugins check`: the status is 1 when something is wrong. */
export async function run(
  { options, positionals }: CheckInvocation,
  streams: Context,
): Promise<number> {
  const settings = findingOf(options, streams);
  const all: Checked[] = [];
  for (const word of positionals) {
    const checked = await checkPlugin(await located(word, settings), settings);
    all.push({ ...checked, faults: [...checked.faults, ...clashes(checked)] });
  }
  const shown = all.map(({ plugin: _, ...one }) => one);
  output(streams.stdout, options.json, shown, () => all.map(text).join("\n"));
  return all.some(({ faults }) => faults.length > 0) ? 1 : 0;
}

/** Options that `spider measure` has itself. */
function clashes({ plugin, kind, faults }: Checked): Fault[] {
  // One that has other faults may lack what its options are joined with
  if (plugin === null || kind !== "spider" || faults.length > 0) return [];
  try {
    optionsOf(measure, plugin as unknown as Spider);
    return [];
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return [{ place: "options", text: `are invalid: ${error.message}` }];
  }
}

function text({ where, kind, name, ran, faults }: Checked): string {
  const lines = faults.map(({ place, text, line, file = where }) =>
    `${file}:${line == null ? "" : `${line}:`} ${place === "" ? "" : `${place} `}${text}`
  );
  const what = `${kind ?? "plugin"} ${name ?? where}`;
  const rest = ran ? "" : ", as far as its source says: it was not run, since it is not accepted";
  lines.push(
    faults.length === 0
      ? `${where}: ${what} is as it must be${rest}`
      : `${where}: ${faults.length} ${faults.length === 1 ? "fault" : "faults"}`,
  );
  return lines.join("\n");
}
