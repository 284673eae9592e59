import type { Options } from "../../contract/option.ts";
import { PLUGIN_KINDS } from "../../contract/manifest.ts";
import type { Command, Invocation, ValuesOf } from "../command.ts";
import { placeOptions } from "../plugin_options.ts";

const options = {
  kind: {
    type: "string",
    value: "KIND",
    choices: PLUGIN_KINDS,
    summary: "write the schema of the manifest of a kind, in place of a plugin's options",
  },
  ...placeOptions,
} as const satisfies Options;

/** What `spider plugins schema` was asked for. */
export type SchemaInvocation = Invocation<ValuesOf<typeof options>>;

/** `spider plugins schema`: the declaration alone. */
export const schema: Command<typeof options> = {
  name: "schema",
  summary: "Write the JSON Schema of a plugin's options, or of what a kind of plugin declares",
  positionals: [{ name: "PLUGIN", summary: "its name, file, folder or URL", optional: true }],
  options,
  examples: [
    { line: "spider plugins schema dscp", does: "Writes what the options of dscp may be." },
    { line: "spider plugins schema --kind spider", does: "Writes what a spider may declare." },
  ],
  load: () => import("../run/plugins/schema.ts"),
};
