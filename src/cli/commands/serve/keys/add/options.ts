import type { Options } from "../../../../../contract/option.ts";
import { SCOPES } from "../../../../../serve/keys/scope.ts";
import type { Invocation, ValuesOf } from "../../../../command.ts";
import { jsonOption } from "../../../../json_option.ts";
import { databaseOptions } from "../database_options.ts";

/** The options of its command line. */
export const options = {
  scope: {
    type: "string",
    choices: SCOPES,
    default: "measure",
    summary: "what it allows: each allows what those before it do",
  },
  endpoint: { type: "string", value: "NAME", summary: "the endpoint that it is for alone" },
  days: {
    type: "number",
    minimum: 0.001,
    maximum: 36_500,
    summary: "how long it is taken; for ever when missing",
  },
  ...databaseOptions,
  ...jsonOption,
} as const satisfies Options;

/** What `spider serve keys add` was asked for. */
export type AddInvocation = Invocation<ValuesOf<typeof options>>;
