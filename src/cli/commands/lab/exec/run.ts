import type { Invocation, ValuesOf } from "../../../command.ts";
import { nodeOf, runningLab } from "../../../../lab/live/note.ts";
import type { labOption } from "../lab_option.ts";
import { runOn } from "../run_on.ts";

/** Runs `spider lab exec`. */
export async function run(
  { options, positionals: [host = "", ...command] }: Invocation<ValuesOf<typeof labOption>>,
): Promise<number> {
  return await runOn(nodeOf(runningLab(options.lab), host), command);
}
