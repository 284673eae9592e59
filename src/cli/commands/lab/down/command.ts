import type { Command } from "../../../command.ts";
import { options } from "./options.ts";

/** `spider lab down`: the declaration alone. */
export const down: Command<typeof options> = {
  name: "down",
  summary: "End a lab, with all that runs in it",
  positionals: [{
    name: "NAME",
    summary: "the lab; it may be left out where only one runs",
    optional: true,
    choices: async () => (await import("../choices.ts")).labNames(),
  }],
  options,
  examples: [
    { line: "spider lab down", does: "Ends the only lab there is." },
    { line: "spider lab down --all", does: "Ends every lab on this machine." },
  ],
  load: () => import("./run.ts"),
};
