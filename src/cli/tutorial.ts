import type { Options } from "../contract/option.ts";
import type { Command, Invocation, ValuesOf } from "./command.ts";

const options = {
  "non-interactive": {
    type: "boolean",
    summary: "go on from step to step without waiting for a key",
  },
  directory: {
    type: "string",
    short: "d",
    value: "FOLDER",
    summary:
      "where to work, kept for you; the default is a temporary folder that is gone afterwards",
  },
} as const satisfies Options;

/** What `spider tutorial` was asked for. */
export type TutorialInvocation = Invocation<ValuesOf<typeof options>>;

/** `spider tutorial`: the declaration alone. */
export const tutorial: Command<typeof options> = {
  name: "tutorial",
  summary: "Walk through writing, testing, publishing and running a plugin",
  about: [
    "Each step shows a command and what it really writes. Your settings, your plugins and your lock " +
    "file are left alone. Running the plugin takes a network of namespaces on this machine, and so " +
    "root; without it that step is only told.",
  ],
  positionals: [],
  options,
  examples: [{ line: "spider tutorial", does: "Begins; every step waits for the Enter key." }],
  load: () => import("./run/tutorial.ts"),
};
