import { compareReports, comparisonText } from "../../../../lab/experiment/result/compare.ts";
import type { Context, Invocation, ValuesOf } from "../../../command.ts";
import type { jsonOption } from "../../../json_option.ts";
import { output } from "../../../output.ts";
import { reportIn } from "../report_in.ts";

/** Runs `spider experiment compare`. */
export async function run(
  { options, positionals: [before = "", after = ""] }: Invocation<ValuesOf<typeof jsonOption>>,
  { stdout }: Context,
): Promise<number> {
  const comparison = compareReports(await reportIn(before), await reportIn(after));
  output(stdout, options.json, comparison, () => comparisonText(comparison).join("\n"));
  return comparison.regressed ? 1 : 0;
}
