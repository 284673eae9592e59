import type { Command } from "../../../command.ts";
import { jsonOption } from "../../../json_option.ts";

/** `spider experiment compare`: the declaration alone. */
export const compare: Command<typeof jsonOption> = {
  name: "compare",
  summary: "Say which verdicts differ between two runs of an experiment",
  about: ["Its status is 1 when a test that came out as expected does so no longer, or is gone."],
  positionals: [
    { name: "BEFORE", summary: "the folder of the earlier results" },
    { name: "AFTER", summary: "the folder of the later ones" },
  ],
  options: jsonOption,
  examples: [{ line: "spider experiment compare BEFORE AFTER", does: "For a check in CI." }],
  load: () => import("./run.ts"),
};
