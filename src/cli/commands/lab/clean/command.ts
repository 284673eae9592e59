import type { Command } from "../../../command.ts";

/** `spider lab clean`: the declaration alone. */
export const clean: Command = {
  name: "clean",
  summary: "Remove what labs and runs that were killed have left",
  about: [
    "The next lab or run does the same by itself. Labs that run are not touched; nothing is that spider " +
    "has not made.",
  ],
  positionals: [],
  options: {},
  examples: [{ line: "spider lab clean", does: "Says what was removed." }],
  load: () => import("./run.ts"),
};
