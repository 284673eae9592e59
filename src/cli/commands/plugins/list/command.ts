import type { Command } from "../../../command.ts";
import { options } from "./options.ts";

/** `spider plugins list`: the declaration alone. */
export const list: Command<typeof options> = {
  name: "list",
  summary: "List the plugins that can be named; broken ones with the reason",
  positionals: [],
  options,
  examples: [{ line: "spider plugins list", does: "Lists every plugin with its place." }],
  load: () => import("./run.ts"),
};
