import type { Options } from "../../contract/option.ts";
import type { Command, Invocation, ValuesOf } from "../command.ts";
import { placeOptions } from "../plugin_options.ts";
import { jsonOption } from "./json_option.ts";

const options = { ...placeOptions, ...jsonOption } as const satisfies Options;

/** What `spider plugins test` was asked for. */
export type TestInvocation = Invocation<ValuesOf<typeof options>>;

/** `spider plugins test`: the declaration alone. */
export const test: Command<typeof options> = {
  name: "test",
  summary: "Play the tests of plugins, without root and without a network",
  about: [
    "A plugin's tests are what its module exports as tests: packets of each arm and what its socket " +
    "said, and the fields and conditions that must come of them. The packets go through the " +
    "program's own dissector, flow table and chains. The status is 1 when a test fails.",
    "How packets are written is in plugins/README.md; --json shows the records that came of them.",
  ],
  positionals: [{
    name: "PLUGIN",
    summary: "their names, files, folders or URLs",
    repeated: true,
  }],
  options,
  examples: [{ line: "spider plugins test ./strict.ts", does: "Plays the tests of a plugin." }],
  load: () => import("../run/plugins/test.ts"),
};
