import type { Command } from "../../command.ts";

/** `spider types`: lists the connection types. */
export const types: Command = {
  name: "types",
  section: "This program",
  summary: "List connection types, their ports and what they add to records",
  positionals: [],
  options: {},
  examples: [{ line: "spider types", does: "Lists them." }],
  load: () => Promise.resolve({ run }),
};

async function run(): Promise<number> {
  const { connectionTypes } = await import("../../../connect/registry.ts");
  for (const { name, defaultPort, fields } of connectionTypes.values()) {
    console.log([name, defaultPort, ...Object.keys(fields)].join(" "));
  }
  return 0;
}
