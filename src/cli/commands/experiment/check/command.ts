import type { Command } from "../../../command.ts";
import { fileArgument } from "../file_argument.ts";
import { options } from "./options.ts";

/** `spider experiment check`: the declaration alone. */
export const check: Command<typeof options> = {
  name: "check",
  summary: "Say everything that is wrong in the file of an experiment, each with its place",
  about: ["Nothing of the machine is touched. It checks what spider experiment run would."],
  positionals: [fileArgument],
  options,
  examples: [{
    line: "spider experiment check study.yaml",
    does: "Checks it; status 1 for faults.",
  }],
  load: () => import("./run.ts"),
};
