import type { Command } from "../../../command.ts";
import { options } from "./options.ts";

/** `spider plugins schema`: the declaration alone. */
export const schema: Command<typeof options> = {
  name: "schema",
  summary: "Write the JSON Schema of a plugin's options, or of what a kind of plugin declares",
  positionals: [{
    name: "PLUGIN",
    summary: "its name, file, folder or URL",
    optional: true,
    choices: async () => (await import("../choices.ts")).allNames(),
  }],
  options,
  examples: [
    { line: "spider plugins schema dscp", does: "Writes what the options of dscp may be." },
    { line: "spider plugins schema --kind spider", does: "Writes what a spider may declare." },
  ],
  load: () => import("./run.ts"),
};
