import { typesFile } from "../../../../plugin/scaffold/types.ts";
import { writeText } from "../../../../result/write_whole.ts";
import type { Context, Invocation } from "../../../command.ts";

/** Runs `spider plugins types`. */
export function run(_: Invocation, { stdout }: Context): Promise<number> {
  writeText(stdout, typesFile());
  return Promise.resolve(0);
}
