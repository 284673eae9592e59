import type { Context } from "../../../command.ts";
import { output } from "../../../output.ts";
import { findingOf } from "../../../plugin_options.ts";
import { counted } from "../../../../host/quantity.ts";
import { experimentSource, plannedExperiment } from "../experiment_source.ts";
import type { CheckInvocation } from "./options.ts";

/** Runs `spider experiment check`. */
export async function run(
  { options, positionals }: CheckInvocation,
  streams: Context,
): Promise<number> {
  const source = await experimentSource(positionals[0]!, streams.stdin);
  const { file, groups } = await plannedExperiment(source, findingOf(options, streams), options);
  const tests = groups.reduce((sum, { cells }) => sum + cells.length, 0);
  const said = { name: file.name, tests, networks: groups.length };
  output(
    streams.stdout,
    options.json,
    said,
    () =>
      `${source.file} is right: ${counted(tests, "test")} in ${counted(groups.length, "network")}`,
  );
  return 0;
}
