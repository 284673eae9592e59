import type { Options } from "../../../contract/option.ts";
import type { Invocation, ValuesOf } from "../../command.ts";
import { LESSON_NAMES } from "./lessons.ts";

/** The options of its command line. */
export const options = {
  lesson: {
    type: "string",
    value: "NAME",
    choices: LESSON_NAMES,
    default: "spider",
    summary: "what it is about",
  },
  list: { type: "boolean", summary: "list the lessons, and end" },
  json: { type: "boolean", summary: "with --list: write it as JSON" },
  "non-interactive": {
    type: "boolean",
    summary: "go on from step to step without waiting for a key",
  },
  directory: {
    type: "string",
    short: "d",
    value: "FOLDER",
    summary:
      "where to work, kept for you; the default is a temporary folder that is gone afterwards",
  },
} as const satisfies Options;

/** What `spider tutorial` was asked for. */
export type TutorialInvocation = Invocation<ValuesOf<typeof options>>;
