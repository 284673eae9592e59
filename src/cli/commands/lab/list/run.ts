import { runningLabs } from "../../../../lab/live/note.ts";
import type { Context } from "../../../command.ts";
import { output } from "../../../output.ts";
import { nodeTable } from "../node_table.ts";
import type { ListInvocation } from "./options.ts";

/** Runs `spider lab list`. */
export function run({ options }: ListInvocation, { stdout }: Context): Promise<number> {
  const labs = runningLabs();
  output(
    stdout,
    options.json,
    labs,
    () =>
      labs.length === 0 ? "No lab runs here." : labs.flatMap(({ name, pid, nodes }) => [
        `${name}, held by process ${pid}`,
        ...nodeTable(nodes, 2),
      ]).join("\n"),
  );
  return Promise.resolve(0);
}
