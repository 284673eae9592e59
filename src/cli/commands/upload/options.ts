import type { Options } from "../../../contract/option.ts";
import type { Invocation, ValuesOf } from "../../command.ts";

/** The environment variable that may hold the key. */
export const KEY_VARIABLE = "SPIDER_PTO_TOKEN";

/** The options of its command line. */
export const options = {
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
