import type { Command } from "../../../command.ts";
import { labOption } from "../lab_option.ts";

/** `spider lab exec`: the declaration alone. */
export const exec: Command<typeof labOption> = {
  name: "exec",
  summary: "Run a command on a host or router of a lab",
  about: [
    "What follows the name of the host is the command, with options of its own. Its status is that of " +
    "the command; a signal reaches it.",
  ],
  positionals: [
    {
      name: "HOST",
      summary: "a host or router of the lab",
      choices: async () => (await import("../choices.ts")).nodeNames(),
    },
    { name: "COMMAND", summary: "what to run there", repeated: true },
  ],
  passes: 1,
  options: labOption,
  examples: [
    { line: "spider lab exec client spider trace 10.20.0.1", does: "Sees the routers of the lab." },
    { line: "spider lab exec -l study server ss -tn", does: "Looks at a host of one of several." },
  ],
  load: () => import("./run.ts"),
};
