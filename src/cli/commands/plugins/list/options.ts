import type { Options } from "../../../../contract/option.ts";
import type { Invocation, ValuesOf } from "../../../command.ts";
import { placeOptions } from "../../../plugin_options.ts";
import { jsonOption } from "../../../json_option.ts";

/** The options of its command line. */
export const options = { ...placeOptions, ...jsonOption } as const satisfies Options;

/** What `spider plugins list` was asked for. */
export type ListInvocation = Invocation<ValuesOf<typeof options>>;
