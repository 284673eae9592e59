import type { Command } from "../../../command.ts";
import { fileArgument } from "../file_argument.ts";
import { options } from "./options.ts";

/** `spider experiment run`: the declaration alone. */
export const run: Command<typeof options> = {
  name: "run",
  summary: "Run the tests of an experiment, and write a folder of results",
  about: [
    "Tests that share a network run side by side behind prefixes of their own. Everything that was " +
    "built and started is gone at the end, however it ends; what a killed run has left, the next one " +
    "removes.",
    "Its status is 0 when all expectations are met, 1 when not.",
  ],
  positionals: [fileArgument],
  options,
  examples: [
    { line: "spider experiment run study.yaml", does: "Runs it, and says where the report is." },
    { line: "spider experiment run ecn --json", does: "Runs a bundled one, for a script." },
  ],
  load: () => import("./run.ts"),
};
