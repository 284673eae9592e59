import type { Options } from "../../../contract/option.ts";
import { pluginOptions } from "../../plugin_options.ts";

/** The options of every command that plans an experiment. */
export const choosing = {
  only: {
    type: "string",
    value: "TEST",
    repeated: true,
    summary:
      "only tests whose names begin so, such as ecn[middlebox=ecn-clear; may be given more than once",
  },
  skip: {
    type: "string",
    value: "TEST",
    repeated: true,
    summary: "no tests whose names begin so; may be given more than once",
  },
  environment: {
    type: "string",
    value: "TYPE",
    summary:
      "the network environment of all tests, in place of those in the file, such as simulated",
  },
  ...pluginOptions,
} as const satisfies Options;
