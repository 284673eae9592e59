import { resolve } from "node:path";
import { unitFile } from "../../../../serve/unit_file.ts";
import type { Context } from "../../../command.ts";
import { output } from "../../../output.ts";
import type { UnitInvocation } from "./options.ts";

/** Runs `spider serve unit`. */
export function run({ options }: UnitInvocation, { stdout }: Context): Promise<number> {
  const { program, config } = options;
  const text = unitFile({
    program: resolve(program),
    config: config === undefined ? null : resolve(config),
  });
  output(stdout, false, null, () => text.trimEnd());
  return Promise.resolve(0);
}
