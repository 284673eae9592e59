import type { Command } from "../../../command.ts";
import { options } from "./options.ts";

/** `spider plugins remove`: the declaration alone. */
export const remove: Command<typeof options> = {
  name: "remove",
  summary: "Forget a plugin from a URL",
  positionals: [{
    name: "PLUGIN",
    summary: "its name or URL",
    choices: async () => (await import("../choices.ts")).addedNames(),
  }],
  options,
  examples: [{ line: "spider plugins remove ecn_strict", does: "Forgets it, code and trust." }],
  load: () => import("./run.ts"),
};
