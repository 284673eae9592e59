import type { Command } from "../../../../command.ts";
import { options } from "./options.ts";

/** `spider serve keys revoke`: the declaration alone. */
export const revoke: Command<typeof options> = {
  name: "revoke",
  summary: "Take the rights of a key away, at once",
  positionals: [{ name: "ID", summary: "the id that list shows" }],
  options,
  examples: [{ line: "spider serve keys revoke 0a1b2c3d4e5f", does: "Ends what a key allows." }],
  load: () => import("./run.ts"),
};
