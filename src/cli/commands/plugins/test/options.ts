import type { Options } from "../../../../contract/option.ts";
import type { Invocation, ValuesOf } from "../../../command.ts";
import { offlineOption, placeOptions } from "../../../plugin_options.ts";
import { jsonOption } from "../../../json_option.ts";

/** The options of its command line. */
export const options = {
  ...placeOptions,
  ...offlineOption,
  ...jsonOption,
} as const satisfies Options;

/** What `spider plugins test` was asked for. */
export type TestInvocation = Invocation<ValuesOf<typeof options>>;
