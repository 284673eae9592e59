import type { Command } from "../../../command.ts";
import { options } from "./options.ts";

/** `spider lab graph`: the declaration alone. */
export const graph: Command<typeof options> = {
  name: "graph",
  summary: "Draw the lab that a file describes, as SVG",
  positionals: [{ name: "FILE", summary: "a description in YAML, or - for standard input" }],
  options,
  examples: [{ line: "spider lab graph study.yaml > study.svg", does: "Draws it for a browser." }],
  load: () => import("./run.ts"),
};
