import type { Options } from "../../../contract/option.ts";
import type { Invocation, ValuesOf } from "../../command.ts";

/** The options of its command line. */
export const options = {
  owner: {
    type: "string",
    value: "EMAIL",
    summary: "who owns the data; the default is user@host",
  },
  filetype: {
    type: "string",
    short: "t",
    value: "TYPE",
    default: "pathspider-v2-ndjson-bz2",
    summary: "what the observatory calls such files",
  },
} as const satisfies Options;

/** What `spider metadata` was asked for. */
export type MetadataInvocation = Invocation<ValuesOf<typeof options>>;
