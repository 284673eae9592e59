import type { Options } from "../../../../contract/option.ts";
import type { Invocation, ValuesOf } from "../../../command.ts";
import { placeOptions } from "../../../plugin_options.ts";
import { jsonOption } from "../../../json_option.ts";

/** The options of its command line. */
export const options = { lock: placeOptions.lock, ...jsonOption } as const satisfies Options;

/** What `spider plugins remove` was asked for. */
export type RemoveInvocation = Invocation<ValuesOf<typeof options>>;
