import type { Options } from "../contract/option.ts";
import type { Command, Invocation, ValuesOf } from "./command.ts";

const options = {
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

/** `spider metadata`: the declaration alone. */
export const metadata: Command<typeof options> = {
  name: "metadata",
  summary: "Write what an observatory wants to know about a results file",
  about: [
    "Writes FILE.meta.json for a Path Transparency Observatory (PTO): _file_type, _owner, and " +
    "_time_start and _time_end as the results' own times have them. The file may be packed with " +
    "bzip2 or gzip. What is there already is replaced.",
  ],
  positionals: [
    { name: "FILE", summary: "results of spider measure" },
    {
      name: "TAG:VALUE",
      summary: "further metadata, such as vantage:zurich",
      optional: true,
      repeated: true,
    },
  ],
  options,
  examples: [
    {
      line: "spider metadata results.ndjson --owner me@example.org vantage:zurich spider:ecn",
      does: "Writes results.ndjson.meta.json with two tags.",
    },
  ],
  load: () => import("./run/metadata.ts"),
};
