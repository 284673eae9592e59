import type { Options } from "../../../../contract/option.ts";
import type { Invocation, ValuesOf } from "../../../command.ts";
import { jsonOption } from "../../../json_option.ts";
import { choosing } from "../choosing.ts";

/** The options of its command line. */
export const options = {
  ...choosing,
  ...jsonOption,
} as const satisfies Options;

/** What `spider experiment plan` was asked for. */
export type PlanInvocation = Invocation<ValuesOf<typeof options>>;
