import { z } from "zod";
import type { Option, Options, OptionValues } from "../../contract/option.ts";
import { Failure } from "../../host/failure.ts";
import { quote } from "../../target/quote.ts";
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
function single(option: Option): z.ZodType {
  const { type, choices, minimum, maximum } = option;
  if (type === "boolean") return z.boolean(must("true or false"));
  if (type === "string" || type === "endpoint") {
    return choices === undefined
      ? z.string(must("a text"))
      : z.enum(choices as readonly [string, ...string[]], must(`one of ${choices.join(", ")}`));
  }
  const said = must(`${type === "integer" ? "a whole number" : "a number"}${limits(option)}`);
  let number = type === "integer" ? z.int(said) : z.number(said);
  if (minimum !== undefined) number = number.min(minimum, said);
  if (maximum !== undefined) number = number.max(maximum, said);
  return number;
}

function limits({ minimum, maximum }: Option): string {
  if (minimum === undefined) return maximum === undefined ? "" : ` of ${maximum} at most`;
  return maximum === undefined ? ` of ${minimum} at least` : ` from ${minimum} to ${maximum}`;
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
    const all = list(one, "values", summary);
    return otherwise === undefined
      ? all.default([])
      : sized(all, { least: 1 }, "must have a value").default([otherwise]);
  }
  return (otherwise === undefined ? one.optional() : one.default(otherwise)).describe(summary);
}

/**
 * Values that were given as JSON or YAML, with the defaults of the others. One value alone is a list of
 * one where an option is repeated.
 *
 * @throws {Failure} that names every value that cannot be
 */
export function readValues(options: Options, given: unknown): OptionValues {
  const read = valuesSchema(options).safeParse(listed(options, given));
  if (read.success) return read.data;
  throw new Failure(faultsOf(options, read.error).map(({ text }) => `option ${text}`).join("; "));
}

/** What is wrong with a value. */
export interface ValueFault {
  /** The way to it from all values. */
  readonly path: readonly PropertyKey[];
  /** A sentence without a full stop, which begins with the option's name. */
  readonly text: string;
}

/** What {@linkcode readValues} would refuse. */
export function valueFaults(options: Options, given: unknown): ValueFault[] {
  const read = valuesSchema(options).safeParse(listed(options, given));
  return read.success ? [] : faultsOf(options, read.error);
}

function faultsOf(options: Options, { issues }: z.ZodError): ValueFault[] {
  const known = Object.keys(options);
  return issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({ path: [key], text: unknownOption(key, known) }));
    }
    const [name] = issue.path;
    const text = name === undefined
      ? "values must be an object"
      : `${String(name)} ${issue.message}`;
    return { path: issue.path, text };
  });
}

function unknownOption(key: string, known: readonly string[]): string {
  const all = known.length === 0 ? "there is none" : `there is ${known.join(", ")}`;
  return `${quote(key)} is not known; ${all}`;
}

function listed(options: Options, given: unknown): unknown {
  if (typeof given !== "object" || given === null || Array.isArray(given)) return given;
  const isAlone = (name: string, value: unknown) =>
    Object.hasOwn(options, name) && options[name]!.repeated === true &&
    value !== undefined && !Array.isArray(value);
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, isAlone(name, value) ? [value] : value]),
  );
}
