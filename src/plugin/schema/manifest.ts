import { z } from "zod";
import { quote } from "../../target/quote.ts";
import { API_VERSION } from "../../contract/manifest.ts";
import { optionsSchema } from "./option.ts";
import { inRange } from "../version.ts";
import { line, list, must, range, version } from "./words.ts";

const called = must("lower case letters, digits, dashes and underscores");

/** The name of a plugin. */
export const name = z.string(called).regex(/^[a-z][a-z0-9_-]*$/, called)
  .describe("its name, unique within its kind");

const others = (summary: string) =>
  z.record(name, range("the versions that are meant"), must("an object")).describe(summary);

/** The members that plugins of every kind have. */
export const common = {
  name,
  version: version("semantic version of the plugin itself"),
  api: range("the versions of the contract that it was written for, such as ^1").refine(
    (wanted) => inRange(API_VERSION, wanted),
    {
      error: ({ input }) => `is ${quote(input)}, and this program has the contract ${API_VERSION}`,
    },
  ),
  summary: line("one line for help and lists, without a full stop"),
  references: list(line("an RFC, a paper"), "texts", "what it rests on").optional(),
  options: optionsSchema.optional(),
  requires: others("other plugins that must be there, with the versions that will do").optional(),
  conflicts: others("plugins that must not be part of the same run").optional(),
};

/** Conditions become regular expressions, so they must not contain special characters. */
export const condition = z.string(must("a dotted name")).regex(
  /^[A-Za-z0-9_.:-]+$/,
  must("a dotted name: letters, digits and . : _ -"),
);
