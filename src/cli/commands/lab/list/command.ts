import type { Command } from "../../../command.ts";
import { options } from "./options.ts";

/** `spider lab list`: the declaration alone. */
export const list: Command<typeof options> = {
  name: "list",
  summary: "List the labs that run, with their hosts and addresses",
  positionals: [],
  options,
  examples: [{ line: "spider lab list --json", does: "Tells a script the addresses of hosts." }],
  load: () => import("./run.ts"),
};
