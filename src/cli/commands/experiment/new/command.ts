import type { Command } from "../../../command.ts";

/** `spider experiment new`: the declaration alone. */
export const newExperiment: Command<Record<never, never>> = {
  name: "new",
  summary: "Write the file of a new experiment, which runs as it is",
  positionals: [{ name: "FILE", summary: "the file, which must not be there yet" }],
  options: {},
  examples: [{ line: "spider experiment new study.yaml", does: "Writes one to begin with." }],
  load: () => import("./run.ts"),
};
