import type { Command } from "../../../command.ts";
import { options } from "./options.ts";

/** `spider experiment logs`: the declaration alone. */
export const logs: Command<typeof options> = {
  name: "logs",
  summary: "Show events of a run, and what its services and testers have logged",
  positionals: [{ name: "DIR", summary: "the folder of its results" }],
  options,
  examples: [
    { line: "spider experiment logs DIR --service web --level warning", does: "Of one service." },
    { line: "spider experiment logs DIR --grep 'refused|reset'", does: "Lines that match." },
  ],
  load: () => import("./run.ts"),
};
