import type { Options } from "../../../../../contract/option.ts";
import type { Invocation, ValuesOf } from "../../../../command.ts";
import { databaseOptions } from "../database_options.ts";

/** The options of its command line. */
export const options = { ...databaseOptions } as const satisfies Options;

/** What `spider serve keys revoke` was asked for. */
export type RevokeInvocation = Invocation<ValuesOf<typeof options>>;
