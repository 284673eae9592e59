import type { Options } from "../contract/option.ts";
import type { Command, Invocation, ValuesOf } from "./command.ts";

/** The environment variable that may hold the key. */
export const KEY_VARIABLE = "SPIDER_PTO_TOKEN";

const options = {
  url: {
    type: "string",
    value: "URL",
    summary: "where the observatory is, what stands before /raw; must be given",
  },
  campaign: {
    type: "string",
    value: "NAME",
    summary: "campaign that the file belongs to; must be given",
  },
  token: {
    type: "string",
    value: "KEY",
    summary: "API key; other users can see it here, so --token-file or the environment variable " +
      `${KEY_VARIABLE} is better`,
  },
  "token-file": {
    type: "string",
    value: "FILE",
    summary: "file that holds the API key",
  },
  metadata: {
    type: "string",
    value: "FILE",
    summary: "metadata to send; the default is FILE.meta.json, or made from the results if there " +
      "is none",
  },
  add: {
    type: "string",
    value: "TAG:VALUE",
    repeated: true,
    summary: "further metadata, may be given more than once",
  },
  retries: {
    type: "integer",
    default: 4,
    minimum: 0,
    maximum: 20,
    summary: "how often to try again after a connection that failed or a fault of the server; " +
      "waits 1 s first, then twice as long each time",
  },
  timeout: {
    type: "number",
    value: "SECONDS",
    default: 60,
    minimum: 0.1,
    maximum: 3600,
    summary: "how long nothing may move on a connection",
  },
  json: {
    type: "boolean",
    summary: "write what was uploaded as JSON on standard output",
  },
} as const satisfies Options;

/** What `spider upload` was asked for. */
export type UploadInvocation = Invocation<ValuesOf<typeof options>>;

/** `spider upload`: the declaration alone. */
export const upload: Command<typeof options> = {
  name: "upload",
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
  load: () => import("./run/upload.ts"),
};
