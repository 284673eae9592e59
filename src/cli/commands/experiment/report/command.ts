import type { Command } from "../../../command.ts";
import { options } from "./options.ts";

/** `spider experiment report`: the declaration alone. */
export const report: Command<typeof options> = {
  name: "report",
  summary: "Show what a run of an experiment came to, or write its reports anew",
  positionals: [{ name: "DIR", summary: "the folder of its results" }],
  options,
  examples: [
    { line: "spider experiment report spider-results/ecn-20261130T120000Z", does: "Shows it." },
    { line: "spider experiment report DIR --format html > ecn.html", does: "For a browser." },
  ],
  load: () => import("./run.ts"),
};
