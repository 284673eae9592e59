import type { Command } from "../../command.ts";
import { options } from "./options.ts";

/** `spider tutorial`: the declaration alone. */
export const tutorial: Command<typeof options> = {
  name: "tutorial",
  section: "This program",
  summary: "Walk through writing, testing and using a plugin of each kind",
  about: [
    "There is a lesson for each kind of plugin, and one for experiments. Each step shows a command " +
    "and what it really writes. Your settings, your plugins and your lock file are left alone, and " +
    "no network is needed. Some steps make a network of namespaces on this machine, and so need " +
    "root; without it they are only told.",
  ],
  positionals: [],
  options,
  examples: [
    { line: "spider tutorial", does: "Begins with spiders; every step waits for the Enter key." },
    { line: "spider tutorial --list", does: "Shows which lessons there are." },
    { line: "spider tutorial --lesson middlebox", does: "Is about middleboxes of labs." },
  ],
  load: () => import("./run.ts"),
};
