import { Failure } from "../../../../host/failure.ts";
import { UsageError } from "../../../../host/usage_error.ts";
import { endLab } from "../../../../lab/live/end.ts";
import { takeWords } from "../../../../lab/live/last_words.ts";
import { runningLab, runningLabs } from "../../../../lab/live/note.ts";
import type { Context } from "../../../command.ts";
import { teller } from "../../../terminal/tell.ts";
import type { DownInvocation } from "./options.ts";

/** Runs `spider lab down`. */
export async function run(
  { options, positionals: [name] }: DownInvocation,
  { stderr }: Context,
): Promise<number> {
  const tell = teller(stderr);
  if (options.all && name !== undefined) {
    throw new UsageError("--all ends every lab: leave the name out, or --all");
  }
  const running = runningLabs();
  const before = name === undefined || running.some((lab) => lab.name === name)
    ? []
    : takeWords(name);
  if (before.length > 0) throw new Failure(before.join("\n"));
  const labs = options.all ? running : [runningLab(name)];
  for (const lab of labs) {
    await endLab(lab);
    takeWords(lab.name).forEach(tell);
    tell(`The lab ${lab.name} is gone.`);
  }
  if (labs.length === 0) tell("No lab runs here.");
  return 0;
}
