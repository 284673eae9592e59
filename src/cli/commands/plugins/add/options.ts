import type { Options } from "../../../../contract/option.ts";
import type { Invocation, ValuesOf } from "../../../command.ts";
import { placeOptions, trustOption } from "../../../plugin_options.ts";
import { jsonOption } from "../../../json_option.ts";

/** The options of its command line. */
export const options = {
  lock: placeOptions.lock,
  ...trustOption,
  allow: {
    type: "boolean",
    summary: "let its code do all that spider itself may do on this host, as root when it is root",
  },
  ...jsonOption,
} as const satisfies Options;

/** What `spider plugins add` was asked for. */
export type AddInvocation = Invocation<ValuesOf<typeof options>>;
