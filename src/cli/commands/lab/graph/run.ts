import { drawLab } from "../../../../lab/topology/graph.ts";
import { planLab } from "../../../../lab/topology/plan.ts";
import { writeText } from "../../../../result/write_whole.ts";
import type { Context, Invocation } from "../../../command.ts";
import { labSource } from "../lab_source.ts";

/** Runs `spider lab graph`. */
export async function run(
  { positionals }: Invocation,
  { stdin, stdout }: Context,
): Promise<number> {
  const { text, file, name } = await labSource(positionals[0]!, stdin);
  writeText(stdout, drawLab(await planLab(text, file, name)));
  return 0;
}
