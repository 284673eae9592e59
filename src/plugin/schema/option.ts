import { z } from "zod";
import type { Option, Options, OptionValues } from "../../contract/option.ts";
import { Failure } from "../../host/failure.ts";
import { flag, line, list, must, oneOf, sized } from "./words.ts";

const TYPES = ["boolean", "integer", "number", "string", "endpoint"] as const;
const NAME = /^[a-z][a-z0-9-]*$/;

const number = (summary: string) => z.number(must("a number")).describe(summary);

const declaration = z.strictObject({
  type: oneOf(TYPES, "type of its value; a boolean is a flag without one"),
  summary: line("what it means, with its unit"),
  short: z.string(must("one letter")).regex(/^[A-Za-z]$/, must("one letter"))
    .describe("its one-letter form, without the dash").optional(),
  value: line("what its value is called in help").optional(),
  default: z.union(
    [z.boolean(), z.number(), z.string().regex(/^\P{C}*$/u)],
    must("true, false, a number or a text"),
  )
    .describe("its value when it is not given").optional(),
  choices: sized(
    list(line("one of them"), "texts", "the only values it takes"),
    { least: 1 },
    "must be a list of texts",
  ).optional(),
  repeated: flag("whether it may be given more than once").optional(),
  minimum: number("the least value of a number").optional(),
  maximum: number("the greatest value of a number").optional(),
}, must("an object")).superRefine((option, context) => {
  const problem = contradiction(option as Option);
  if (problem === null) return;
  context.addIssue({ code: "custom", path: [problem[0]], message: problem[1] });
});

/** Options as a plugin declares them, by long name. */
export const optionsSchema = z.record(
  z.string().regex(NAME, "cannot be a flag: lower case letters, digits and dashes only"),
  declaration,
  must("an object"),
).describe("what the person who runs it may set, by long flag without the dashes");

/** Contradictions in a declaration: the member and what is wrong with it. */
function contradiction(option: Option): readonly [string, string] | null {
  const { type, choices, repeated, minimum, maximum } = option;
  const isNumber = type === "integer" || type === "number";
  if (choices !== undefined && type !== "string") return ["choices", "are for texts only"];
  if (minimum !== undefined && !isNumber) return ["minimum", "is for numbers only"];
  if (maximum !== undefined && !isNumber) return ["maximum", "is for numbers only"];
  if ((minimum ?? -Infinity) > (maximum ?? Infinity)) {
    return ["minimum", "is more than the maximum"];
  }
  if (repeated && type === "boolean") return ["repeated", "is not for flags"];
  if (option.default === undefined || single(option).safeParse(option.default).success) return null;
  return [
    "default",
    `must be ${type === "integer" ? "an integer" : `a ${type}`} that the option takes`,
  ];
}

/** One value of an option. */
function single({ type, choices, minimum, maximum }: Option): z.ZodType {
  if (type === "boolean") return z.boolean(must("true or false"));
  if (type === "string" || type === "endpoint") {
    return choices === undefined
      ? z.string(must("a text"))
      : z.enum(choices as readonly [string, ...string[]], must(`one of ${choices.join(", ")}`));
  }
  let number = type === "integer" ? z.int(must("a whole number")) : z.number(must("a number"));
  if (minimum !== undefined) number = number.min(minimum);
  if (maximum !== undefined) number = number.max(maximum);
  return number;
}

/** The values that options can have; what is not given gets its default. */
export function valuesSchema(options: Options): z.ZodType<OptionValues> {
  return z.strictObject(Object.fromEntries(
    Object.entries(options).map(([name, option]) => [name, valueSchema(option)]),
  )) as unknown as z.ZodType<OptionValues>;
}

function valueSchema(option: Option): z.ZodType {
  const { type, summary, repeated } = option;
  const otherwise = option.default ?? (type === "boolean" ? false : undefined);
  const one = single(option);
  if (repeated) {
    return z.array(one).default(otherwise === undefined ? [] : [otherwise]).describe(summary);
  }
  return (otherwise === undefined ? one.optional() : one.default(otherwise)).describe(summary);
}

/**
 * Values that were given as JSON, with the defaults of the others.
 *
 * @throws {Failure} that names every value that cannot be
 */
export function readValues(options: Options, given: unknown): OptionValues {
  const read = valuesSchema(options).safeParse(given);
  if (read.success) return read.data;
  const said = read.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `option ${path.join(".")}: ${message}`
  );
  throw new Failure(said.join("; "));
}
