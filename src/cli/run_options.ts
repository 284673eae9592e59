import type { Options } from "../contract/option.ts";
import { STANDARD } from "../host/standard.ts";

/** Where a run writes its results, and what they have. */
export const resultOptions = {
  output: {
    type: "string",
    value: "FILE",
    default: STANDARD,
    summary: "where results go, - for standard output; a file there is replaced",
  },
  "output-flows": {
    type: "boolean",
    summary: "put each arm's flow record into the results",
  },
} as const satisfies Options;

/** Where a run says how it was made. */
export const manifestOption = {
  manifest: {
    type: "string",
    value: "FILE",
    summary:
      "where to say how the run was made; the default is OUTPUT.manifest.json beside --output",
  },
} as const satisfies Options;

/** How much a run says. */
export const verboseOption = {
  verbose: {
    type: "boolean",
    short: "v",
    summary: "say on standard error what is being done",
  },
} as const satisfies Options;
