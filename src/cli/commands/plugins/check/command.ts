import type { Command } from "../../../command.ts";
import { options } from "./options.ts";

/** `spider plugins check`: the declaration alone. */
export const check: Command<typeof options> = {
  name: "check",
  summary: "Say all that is wrong with plugins, each fault with its line",
  about: [
    "Reads the source first. A plugin on this host is then run, and so is one from a URL that was " +
    "accepted, so that what is only known then is checked too; no other is run. The status is 1 when " +
    "there is a fault.",
  ],
  positionals: [{
    name: "PLUGIN",
    choices: async () => (await import("../choices.ts")).allNames(),
    summary: "their names, files, folders or URLs",
    repeated: true,
  }],
  options,
  examples: [{
    line: "spider plugins check ./strict.ts",
    does: "Checks a plugin before it is run.",
  }],
  load: () => import("./run.ts"),
};
