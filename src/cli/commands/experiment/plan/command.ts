import type { Command } from "../../../command.ts";
import { fileArgument } from "../file_argument.ts";
import { options } from "./options.ts";

/** `spider experiment plan`: the declaration alone. */
export const plan: Command<typeof options> = {
  name: "plan",
  summary: "Show exactly what a run of an experiment would do",
  about: [
    "Every network with its tests, services in the order in which they start, commands, steps and " +
    "expectations. It is what spider experiment run works from.",
  ],
  positionals: [fileArgument],
  options,
  examples: [{ line: "spider experiment plan study.yaml", does: "Shows it as a tree of lines." }],
  load: () => import("./run.ts"),
};
