import type { Command } from "../../../command.ts";
import { options } from "./options.ts";

/** `spider plugins update`: the declaration alone. */
export const update: Command<typeof options> = {
  name: "update",
  summary: "Fetch plugins from URLs again, and accept what has changed",
  positionals: [{
    name: "PLUGIN",
    choices: async () => (await import("../choices.ts")).addedNames(),
    summary: "their names or URLs; all when none is named",
    optional: true,
    repeated: true,
  }],
  options,
  examples: [
    {
      line: "spider plugins update",
      does: "Looks at all of them, and asks where one has changed.",
    },
  ],
  load: () => import("./run.ts"),
};
