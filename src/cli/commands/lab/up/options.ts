import type { Options } from "../../../../contract/option.ts";
import type { Invocation, ValuesOf } from "../../../command.ts";
import { pluginOptions } from "../../../plugin_options.ts";
import { jsonOption } from "../../../json_option.ts";

/** The options of its command line. */
export const options = {
  detach: {
    type: "boolean",
    short: "d",
    summary: "leave it to a process in the background, and return when it is up",
  },
  name: {
    type: "string",
    value: "NAME",
    summary: "its name on this machine, in place of the one in the file, or of the file's own",
  },
  ...pluginOptions,
  ...jsonOption,
} as const satisfies Options;

/** What `spider lab up` was asked for. */
export type UpInvocation = Invocation<ValuesOf<typeof options>>;
