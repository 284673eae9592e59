import type { Options } from "../../../contract/option.ts";
import { STANDARD } from "../../../host/standard.ts";
import type { Invocation, ValuesOf } from "../../command.ts";

/** The environment variable that may hold the key. */
export const KEY_VARIABLE = "SPIDER_KEY";

/** The options of its command line, before the command that the server is to run. */
export const options = {
  "key-file": {
    type: "string",
    value: "FILE",
    summary: `file that holds the key for the server; else the variable ${KEY_VARIABLE} does`,
  },
  ca: {
    type: "string",
    value: "FILE",
    summary: "certificates of further authorities that may vouch for the server, PEM",
  },
  "insecure-http": {
    type: "boolean",
    summary: "send the key over http, where others on the way can read it",
  },
  detach: {
    type: "boolean",
    summary: "with measure: ask for it, print its id and where it is, and leave",
  },
  attach: {
    type: "string",
    value: "ID",
    summary: "in place of a COMMAND: follow a measurement that was asked for before",
  },
  output: {
    type: "string",
    value: "FILE",
    default: STANDARD,
    summary: "with --attach: where its results go, - for standard output",
  },
  verbose: {
    type: "boolean",
    short: "v",
    summary: "with --attach: say on standard error what is being done",
  },
} as const satisfies Options;

/** What `spider remote` was asked for. */
export type RemoteInvocation = Invocation<ValuesOf<typeof options>>;
