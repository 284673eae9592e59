import type { Command } from "../../command.ts";
import { options } from "./options.ts";

/** `spider tutorial`: the declaration alone. */
export const tutorial: Command<typeof options> = {
  name: "tutorial",
  section: "This program",
  summary: "Walk through writing, testing, publishing and running a plugin",
  about: [
    "Each step shows a command and what it really writes. Your settings, your plugins and your lock " +
    "file are left alone. Running the plugin takes a network of namespaces on this machine, and so " +
    "root; without it that step is only told.",
  ],
  positionals: [],
  options,
  examples: [{ line: "spider tutorial", does: "Begins; every step waits for the Enter key." }],
  load: () => import("./run.ts"),
};
