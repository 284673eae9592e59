import { experimentSchema } from "../../../../lab/experiment/file/schema.ts";
import type { Context, Invocation } from "../../../command.ts";
import { output } from "../../../output.ts";

/** Runs `spider experiment schema`. */
export function run(
  _: Invocation<Record<never, never>>,
  { stdout }: Context,
): Promise<number> {
  output(stdout, true, experimentSchema(), () => "");
  return Promise.resolve(0);
}
