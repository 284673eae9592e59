import type { Options } from "../../../contract/option.ts";
import { LOG_LEVELS } from "../../../host/log_level.ts";
import type { Invocation, ValuesOf } from "../../command.ts";

/** The option for the file of the configuration, which all of its commands take. */
export const configOption = {
  config: {
    type: "string",
    value: "FILE",
    summary: "the configuration, as YAML, or TOML where it ends with .toml",
  },
} as const satisfies Options;

/** The options of its command line; each stands above the same in the file. */
export const options = {
  ...configOption,
  host: {
    type: "string",
    value: "ADDRESS",
    summary: "the address to listen on; 127.0.0.1 when neither says so",
  },
  port: {
    type: "integer",
    short: "p",
    minimum: 0,
    maximum: 65_535,
    summary: "the port; 8642 when neither says so, 0 for any",
  },
  "tls-cert": { type: "string", value: "FILE", summary: "a certificate, to speak TLS alone" },
  "tls-key": { type: "string", value: "FILE", summary: "its key" },
  database: { type: "string", value: "FILE", summary: "the file of the database" },
  log: { type: "string", value: "FILE", summary: "the log; standard error when neither says so" },
  "log-level": { type: "string", choices: LOG_LEVELS, summary: "the least that is logged" },
  pidfile: { type: "string", value: "FILE", summary: "a file for the number of the process" },
} as const satisfies Options;

/** What `spider serve` was asked for. */
export type ServeInvocation = Invocation<ValuesOf<typeof options>>;
