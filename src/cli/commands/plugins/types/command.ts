import type { Command } from "../../../command.ts";

/** `spider plugins types`: the declaration alone. */
export const types: Command = {
  name: "types",
  summary: "Write the types that plugins are written with, as one file of TypeScript",
  positionals: [],
  options: {},
  examples: [
    {
      line: "spider plugins types > spider.d.ts",
      does: 'For `import type { Spider } from "./spider.d.ts"`.',
    },
  ],
  load: () => import("./run.ts"),
};
