import type { Command } from "../../../command.ts";
import { labOption } from "../lab_option.ts";

/** `spider lab shell`: the declaration alone. */
export const shell: Command<typeof labOption> = {
  name: "shell",
  summary: "Open a shell on a host or router of a lab",
  positionals: [{
    name: "HOST",
    summary: "a host or router of the lab",
    choices: async () => (await import("../choices.ts")).nodeNames(),
  }],
  options: labOption,
  examples: [{ line: "spider lab shell client", does: "Opens $SHELL, or sh, on the client." }],
  load: () => import("./run.ts"),
};
