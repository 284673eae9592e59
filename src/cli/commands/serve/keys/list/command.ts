import type { Command } from "../../../../command.ts";
import { options } from "./options.ts";

/** `spider serve keys list`: the declaration alone. */
export const list: Command<typeof options> = {
  name: "list",
  summary: "List the keys, without their secrets",
  positionals: [],
  options,
  examples: [{ line: "spider serve keys list", does: "Shows who may ask, and until when." }],
  load: () => import("./run.ts"),
};
