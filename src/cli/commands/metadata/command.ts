import type { Command } from "../../command.ts";
import { options } from "./options.ts";

/** `spider metadata`: the declaration alone. */
export const metadata: Command<typeof options> = {
  name: "metadata",
  section: "Targets and results",
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
  load: () => import("./run.ts"),
};
