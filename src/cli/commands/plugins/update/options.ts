import type { Options } from "../../../../contract/option.ts";
import type { Invocation, ValuesOf } from "../../../command.ts";
import { placeOptions, trustOption } from "../../../plugin_options.ts";
import { jsonOption } from "../../../json_option.ts";

/** The options of its command line. */
export const options = {
  lock: placeOptions.lock,
  ...trustOption,
  ...jsonOption,
} as const satisfies Options;

/** What `spider plugins update` was asked for. */
export type UpdateInvocation = Invocation<ValuesOf<typeof options>>;
