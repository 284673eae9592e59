import type { Options } from "../../../contract/option.ts";
import type { Invocation, ValuesOf } from "../../command.ts";

/** The options of its command line. */
export const options = {
  "interface": {
    type: "string",
    short: "i",
    value: "NAME",
    summary:
      "network interface to look at; the default is the one by which the kernel sends to the Internet",
  },
  restore: {
    type: "boolean",
    summary: "put back what a run that was killed left changed",
  },
  json: {
    type: "boolean",
    summary: "write what was found, or put back, as JSON",
  },
} as const satisfies Options;

/** What `spider doctor` was asked for. */
export type DoctorInvocation = Invocation<ValuesOf<typeof options>>;
