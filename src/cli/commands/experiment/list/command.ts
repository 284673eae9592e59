import type { Command } from "../../../command.ts";
import { jsonOption } from "../../../json_option.ts";

/** `spider experiment list`: the declaration alone. */
export const list: Command<typeof jsonOption> = {
  name: "list",
  summary: "List the experiments that ship with the program, or the tests of one",
  positionals: [{
    name: "FILE",
    summary: "an experiment, whose tests are listed; all that ship with the program when missing",
    optional: true,
  }],
  options: jsonOption,
  examples: [
    { line: "spider experiment list", does: "Lists the bundled ones." },
    { line: "spider experiment list ecn", does: "Lists the tests of one of them." },
  ],
  load: () => import("./run.ts"),
};
