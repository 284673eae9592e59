import type { Command } from "../../command.ts";
import { options } from "./options.ts";

/** `spider upload`: the declaration alone. */
export const upload: Command<typeof options> = {
  name: "upload",
  section: "Targets and results",
  summary: "Upload results to a Path Transparency Observatory",
  about: [
    "Packs the results with bzip2 when they are not, sends the metadata, and then the data to where " +
    "the server says. A connection that fails is tried again; a file whose data is there already " +
    "is left alone, and one whose data is missing is completed. When it ends with an error, that " +
    "says what the server has.",
  ],
  positionals: [{ name: "FILE", summary: "results of spider measure" }],
  options,
  examples: [
    {
      line: "spider upload results.ndjson --url https://pto.example.org --campaign spring-ecn " +
        "--token-file key",
      does: "Uploads results as results.ndjson.bz2, with the key that the file holds.",
    },
  ],
  load: () => import("./run.ts"),
};
