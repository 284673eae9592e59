import type { Options } from "../../../contract/option.ts";
import { STANDARD } from "../../../host/standard.ts";
import type { Invocation, ValuesOf } from "../../command.ts";

/** The options of its command line. */
export const options = {
  input: {
    type: "string",
    value: "FILE",
    default: STANDARD,
    summary: "targets or results to read, - for standard input",
  },
  "csv-input": {
    type: "boolean",
    summary: "read the input as CSV; otherwise the form is found out by looking",
  },
  output: {
    type: "string",
    value: "FILE",
    default: STANDARD,
    summary: "where the targets go, - for standard output; a file there is replaced",
  },
  dp: {
    type: "integer",
    value: "PORT",
    minimum: 1,
    maximum: 65535,
    summary: "destination port to give to every target, in place of its own",
  },
  ipv4: { type: "boolean", short: "4", summary: "keep targets with an IPv4 address only" },
  ipv6: { type: "boolean", short: "6", summary: "keep targets with an IPv6 address only" },
  prefix: {
    type: "string",
    value: "PREFIX",
    repeated: true,
    summary: "keep targets in this prefix only, may be given more than once",
  },
  "exclude-prefix": {
    type: "string",
    value: "PREFIX",
    repeated: true,
    summary: "leave out targets in this prefix, may be given more than once",
  },
  blocklist: {
    type: "string",
    value: "FILE",
    repeated: true,
    summary: "leave out targets that this file lists, a prefix or an address a line, # before " +
      "comments, as zmap has it; may be given more than once",
  },
  unique: {
    type: "boolean",
    summary: "keep the first only of targets with the same address, port and domain",
  },
  json: {
    type: "boolean",
    summary: "write the counts on standard error as one line of JSON",
  },
} as const satisfies Options;

/** What `spider filter` was asked for. */
export type FilterInvocation = Invocation<ValuesOf<typeof options>>;
