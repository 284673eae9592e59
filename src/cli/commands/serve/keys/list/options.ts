import type { Options } from "../../../../../contract/option.ts";
import type { Invocation, ValuesOf } from "../../../../command.ts";
import { jsonOption } from "../../../../json_option.ts";
import { databaseOptions } from "../database_options.ts";

/** The options of its command line. */
export const options = { ...databaseOptions, ...jsonOption } as const satisfies Options;

/** What `spider serve keys list` was asked for. */
export type ListInvocation = Invocation<ValuesOf<typeof options>>;
