import type { Options } from "../../../../contract/option.ts";
import type { Invocation, ValuesOf } from "../../../command.ts";
import { jsonOption } from "../../../json_option.ts";

/** The options of its command line. */
export const options = {
  ...jsonOption,
} as const satisfies Options;

/** What `spider lab list` was asked for. */
export type ListInvocation = Invocation<ValuesOf<typeof options>>;
