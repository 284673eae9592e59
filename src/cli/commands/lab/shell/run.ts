import { nodeOf, runningLab } from "../../../../lab/live/note.ts";
import type { Invocation, ValuesOf } from "../../../command.ts";
import type { labOption } from "../lab_option.ts";
import { runOn } from "../run_on.ts";

/** Runs `spider lab shell`. */
export async function run(
  { options, positionals: [host = ""] }: Invocation<ValuesOf<typeof labOption>>,
): Promise<number> {
  const shell = Deno.env.get("SHELL") || "sh";
  return await runOn(nodeOf(runningLab(options.lab), host), [shell]);
}
