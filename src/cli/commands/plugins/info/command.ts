import type { Command } from "../../../command.ts";
import { options } from "./options.ts";

/** `spider plugins info`: the declaration alone. */
export const info: Command<typeof options> = {
  name: "info",
  summary: "Say what a plugin is and what it asks for, without running it",
  about: [
    "Of a plugin from a URL it shows every module with its hash and size, and the hash of the whole " +
    "to put behind the URL as #sha256=HASH, which then needs no question.",
  ],
  positionals: [{
    name: "PLUGIN",
    summary: "its name, file, folder or URL",
    choices: async () => (await import("../choices.ts")).allNames(),
  }],
  options,
  examples: [
    {
      line: "spider plugins info https://example.org/ecn_strict.ts",
      does: "Shows what would be run, before it is.",
    },
    { line: "spider plugins info ./ecn_strict.ts", does: "Shows the hash to publish it with." },
  ],
  load: () => import("./run.ts"),
};
