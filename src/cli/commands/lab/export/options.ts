import type { Options } from "../../../../contract/option.ts";
import { pluginOptions } from "../../../plugin_options.ts";
import type { Invocation, ValuesOf } from "../../../command.ts";

/** The options of its command line. */
export const options = {
  format: {
    type: "string",
    choices: ["sh", "compose"],
    default: "sh",
    summary: "a shell script, or a compose file for containers",
  },
  ...pluginOptions,
} as const satisfies Options;

/** What `spider lab export` was asked for. */
export type ExportInvocation = Invocation<ValuesOf<typeof options>>;
