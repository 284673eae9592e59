import type { Options } from "../../../../contract/option.ts";
import { PLUGIN_KINDS } from "../../../../contract/manifest.ts";
import type { Invocation, ValuesOf } from "../../../command.ts";
import { placeOptions } from "../../../plugin_options.ts";

/** The options of its command line. */
export const options = {
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
