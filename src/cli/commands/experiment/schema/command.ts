import type { Command } from "../../../command.ts";

/** `spider experiment schema`: the declaration alone. */
export const schema: Command<Record<never, never>> = {
  name: "schema",
  summary: "Write what the file of an experiment may have, as JSON Schema",
  positionals: [],
  options: {},
  examples: [{
    line: "spider experiment schema > experiment.schema.json",
    does: "For editors that check YAML.",
  }],
  load: () => import("./run.ts"),
};
