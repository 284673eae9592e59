import type { Options } from "../../../../contract/option.ts";
import type { Invocation, ValuesOf } from "../../../command.ts";
import { originOption, placeOptions } from "../../../plugin_options.ts";
import { jsonOption } from "../../../json_option.ts";

/** The options of its command line. */
export const options = {
  ...placeOptions,
  ...originOption,
  ...jsonOption,
} as const satisfies Options;

/** What `spider plugins info` was asked for. */
export type InfoInvocation = Invocation<ValuesOf<typeof options>>;
