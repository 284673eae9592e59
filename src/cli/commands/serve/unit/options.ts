import type { Options } from "../../../../contract/option.ts";
import type { Invocation, ValuesOf } from "../../../command.ts";
import { configOption } from "../options.ts";

/** The options of its command line. */
export const options = {
  ...configOption,
  program: {
    type: "string",
    value: "FILE",
    default: "/usr/local/bin/spider",
    summary: "where the program is",
  },
} as const satisfies Options;

/** What `spider serve unit` was asked for. */
export type UnitInvocation = Invocation<ValuesOf<typeof options>>;
