import type { Command } from "../../../../command.ts";
import { options } from "./options.ts";

/** `spider serve keys add`: the declaration alone. */
export const add: Command<typeof options> = {
  name: "add",
  summary: "Make a key, and show it once",
  positionals: [{ name: "NAME", summary: "who gets it" }],
  options,
  examples: [
    { line: "spider serve keys add alice --scope measure --days 90", does: "Lets Alice measure." },
  ],
  load: () => import("./run.ts"),
};
