import { drawLab } from "../../../../lab/topology/graph.ts";
import { writeText } from "../../../../result/write_whole.ts";
import { findingOf } from "../../../plugin_options.ts";
import type { Context } from "../../../command.ts";
import type { GraphInvocation } from "./options.ts";
import { labSource, plannedFrom } from "../lab_source.ts";

/** Runs `spider lab graph`. */
export async function run(
  { options, positionals }: GraphInvocation,
  streams: Context,
): Promise<number> {
  const source = await labSource(positionals[0]!, streams.stdin);
  const plan = await plannedFrom(source, findingOf(options, streams));
  writeText(streams.stdout, drawLab(plan));
  return 0;
}
