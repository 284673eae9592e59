import type { Options } from "../../../contract/option.ts";

/** Which lab is meant. */
export const labOption = {
  lab: {
    type: "string",
    short: "l",
    value: "NAME",
    summary: "the lab that is meant; it may be left out where only one runs",
  },
} as const satisfies Options;
