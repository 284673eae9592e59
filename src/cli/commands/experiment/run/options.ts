import type { Options } from "../../../../contract/option.ts";
import type { Invocation, ValuesOf } from "../../../command.ts";
import { jsonOption } from "../../../json_option.ts";
import { choosing } from "../choosing.ts";

/** The options of its command line. */
export const options = {
  output: {
    type: "string",
    short: "o",
    value: "FOLDER",
    summary:
      "where the folder of the results is made; what the file says, or spider-results, when missing",
  },
  ...choosing,
  ...jsonOption,
} as const satisfies Options;

/** What `spider experiment run` was asked for. */
export type RunInvocation = Invocation<ValuesOf<typeof options>>;
