import { group } from "../../../command.ts";
import { add } from "./add/command.ts";
import { list } from "./list/command.ts";
import { revoke } from "./revoke/command.ts";

/** `spider serve keys`: who may ask a server. */
export const keys = group({
  name: "keys",
  summary: "Make, list and revoke the keys of a server",
  about: [
    "A key lets its holder read, measure, or do everything (admin). The server keeps a hash of it " +
    "alone. Changes hold at once, also for a server that runs.",
  ],
  commands: [add, list, revoke],
});
