import { composeFile } from "../../../../lab/topology/export_compose.ts";
import { shellScript } from "../../../../lab/topology/export_script.ts";
import { writeText } from "../../../../result/write_whole.ts";
import { findingOf } from "../../../plugin_options.ts";
import type { Context } from "../../../command.ts";
import { labSource, plannedFrom } from "../lab_source.ts";
import type { ExportInvocation } from "./options.ts";

/** Runs `spider lab export`. */
export async function run(
  { options, positionals }: ExportInvocation,
  streams: Context,
): Promise<number> {
  const source = await labSource(positionals[0]!, streams.stdin);
  const plan = await plannedFrom(source, findingOf(options, streams));
  writeText(streams.stdout, options.format === "sh" ? shellScript(plan) : composeFile(plan));
  return 0;
}
