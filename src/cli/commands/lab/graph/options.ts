import type { Options } from "../../../../contract/option.ts";
import type { Invocation, ValuesOf } from "../../../command.ts";
import { pluginOptions } from "../../../plugin_options.ts";

/** The options of its command line. */
export const options = {
  ...pluginOptions,
} as const satisfies Options;

/** What `spider lab graph` was asked for. */
export type GraphInvocation = Invocation<ValuesOf<typeof options>>;
