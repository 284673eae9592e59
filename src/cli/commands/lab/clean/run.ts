import { leftovers, restore } from "../../../../host/restore.ts";
import type { Context, Invocation } from "../../../command.ts";
import { output } from "../../../output.ts";

/** Runs `spider lab clean`. */
export function run(_: Invocation, { stdout }: Context): Promise<number> {
  const done = restore();
  output(stdout, false, done, () => done.join("\n") || "Nothing was left behind.");
  return Promise.resolve(leftovers().length > 0 ? 1 : 0);
}
