import type { Command } from "../../../command.ts";
import { options } from "./options.ts";

/** `spider plugins test`: the declaration alone. */
export const test: Command<typeof options> = {
  name: "test",
  summary: "Play the tests of plugins, without root and without a network",
  about: [
    "A plugin's tests are what its module exports as tests: packets of each arm and what its socket " +
    "said, and the fields and conditions that must result from them. The packets go through the " +
    "program's own dissector, flow table and chains. The status is 1 when a test fails.",
    "spider help authoring says how packets are written; --json shows the records that " +
    "resulted from them.",
  ],
  positionals: [{
    name: "PLUGIN",
    choices: async () => (await import("../choices.ts")).allNames(),
    summary: "their names, files, folders or URLs",
    repeated: true,
  }],
  options,
  examples: [{ line: "spider plugins test ./strict.ts", does: "Plays the tests of a plugin." }],
  load: () => import("./run.ts"),
};
