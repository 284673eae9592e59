import { composeFile } from "../../../../lab/topology/export_compose.ts";
import { shellScript } from "../../../../lab/topology/export_script.ts";
import { planLab } from "../../../../lab/topology/plan.ts";
import { writeText } from "../../../../result/write_whole.ts";
import type { Context } from "../../../command.ts";
import { labSource } from "../lab_source.ts";
import type { ExportInvocation } from "./options.ts";

/** Runs `spider lab export`. */
export async function run(
  { options, positionals }: ExportInvocation,
  { stdin, stdout }: Context,
): Promise<number> {
  const { text, file, name } = await labSource(positionals[0]!, stdin);
  const plan = await planLab(text, file, name);
  writeText(stdout, options.format === "sh" ? shellScript(plan) : composeFile(plan));
  return 0;
}
