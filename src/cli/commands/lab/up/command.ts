import type { Command } from "../../../command.ts";
import { options } from "./options.ts";

/** `spider lab up`: the declaration alone. */
export const up: Command<typeof options> = {
  name: "up",
  summary: "Build the lab that a file describes, and hold it until Ctrl-C",
  about: [
    "The lab is there as long as this command runs; with --detach a process in the background holds it " +
    "until spider lab down. What a lab that was killed has left is removed first.",
  ],
  positionals: [{ name: "FILE", summary: "a description in YAML, or - for standard input" }],
  options,
  examples: [
    { line: "spider lab up study.yaml", does: "Builds it, shows its hosts, waits for Ctrl-C." },
    { line: "spider lab up -d study.yaml", does: "Leaves it to the background." },
  ],
  load: () => import("./run.ts"),
};
