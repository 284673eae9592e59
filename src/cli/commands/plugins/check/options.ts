import type { Options } from "../../../../contract/option.ts";
import type { Invocation, ValuesOf } from "../../../command.ts";
import { offlineOption, originOption, placeOptions } from "../../../plugin_options.ts";
import { jsonOption } from "../../../json_option.ts";

/** The options of its command line. */
export const options = {
  ...placeOptions,
  ...originOption,
  ...offlineOption,
  ...jsonOption,
} as const satisfies Options;

/** What `spider plugins check` was asked for. */
export type CheckInvocation = Invocation<ValuesOf<typeof options>>;
