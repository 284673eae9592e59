import type { Options } from "../../../../contract/option.ts";
import type { Invocation, ValuesOf } from "../../../command.ts";

/** The options of its command line. */
export const options = {
  format: {
    type: "string",
    value: "FORMAT",
    choices: ["text", "json", "md", "html", "junit"],
    default: "text",
    summary: "what is written",
  },
} as const satisfies Options;

/** What `spider experiment report` was asked for. */
export type ReportInvocation = Invocation<ValuesOf<typeof options>>;
