import type { Options } from "../../../../contract/option.ts";
import type { Invocation, ValuesOf } from "../../../command.ts";

/** The options of its command line. */
export const options = {
  all: { type: "boolean", summary: "end every lab" },
} as const satisfies Options;

/** What `spider lab down` was asked for. */
export type DownInvocation = Invocation<ValuesOf<typeof options>>;
