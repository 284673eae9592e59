import type { Options } from "../../../../contract/option.ts";
import type { Invocation, ValuesOf } from "../../../command.ts";
import { jsonOption } from "../../../json_option.ts";

/** The options of its command line. */
export const options = {
  service: { type: "string", value: "NAME", summary: "only of this service or tester" },
  level: {
    type: "string",
    value: "LEVEL",
    choices: ["debug", "info", "warning", "error"],
    default: "info",
    summary: "the least level that is shown",
  },
  grep: { type: "string", value: "REGEXP", summary: "only lines that match" },
  ...jsonOption,
} as const satisfies Options;

/** What `spider experiment logs` was asked for. */
export type LogsInvocation = Invocation<ValuesOf<typeof options>>;
