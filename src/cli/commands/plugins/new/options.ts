import type { Options } from "../../../../contract/option.ts";
import type { Invocation, ValuesOf } from "../../../command.ts";
import { jsonOption } from "../../../json_option.ts";

/** The options of its command line. */
export const options = {
  directory: {
    type: "string",
    short: "d",
    value: "FOLDER",
    default: ".",
    summary: "the folder to make the plugin's own folder in",
  },
  ...jsonOption,
} as const satisfies Options;

/** What `spider plugins new` was asked for. */
export type NewInvocation = Invocation<ValuesOf<typeof options>>;
