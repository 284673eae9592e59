import type { Option, OptionValue } from "../contract/option.ts";
import { isEndpoint } from "./endpoint.ts";
import { UsageError } from "../host/usage_error.ts";
import { nearest } from "../host/nearest.ts";

const INTEGER = /^[+-]?\d+$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * The value of an option from its text, checked against its declaration.
 *
 * @throws {UsageError} when the text is not such a value
 */
export function readValue(name: string, option: Option, text: string): OptionValue {
  if (text === "") throw new UsageError(`--${name} needs a value: ${wanted(option)}`);
  const value = convert(option, text);
  if (value !== undefined) return value;
  const near = nearest(text, option.choices ?? []);
  const hint = near === null ? "" : `; did you mean ${near}?`;
  throw new UsageError(`--${name} must be ${wanted(option)}, not ${text}${hint}`);
}

/** What an option takes, as words that follow "must be". */
export function wanted(option: Option): string {
  const { type, choices, minimum, maximum } = option;
  if (choices !== undefined) {
    return choices.length === 1 ? choices[0]! : `one of ${choices.join(", ")}`;
  }
  if (type === "boolean") return "true or false";
  if (type === "string") return `a ${valueName(option)}`;
  if (type === "endpoint") return "an address, with a port or without";
  const kind = type === "integer" ? "a whole number" : "a number";
  if (minimum !== undefined && maximum !== undefined) {
    return `${kind} from ${minimum} to ${maximum}`;
  }
  if (minimum !== undefined) return `${kind}, ${minimum} or more`;
  if (maximum !== undefined) return `${kind}, ${maximum} or less`;
  return kind;
}

/** How an option's value is called in help. */
export function valueName(option: Option): string {
  if (option.type === "endpoint") return option.value ?? "ADDRESS";
  return option.value ?? (option.type === "string" ? "VALUE" : "N");
}

/** The value, or undefined when the text is not one. */
function convert({ type, choices, minimum, maximum }: Option, text: string): OptionValue {
  if (type === "boolean") return text === "true" ? true : text === "false" ? false : undefined;
  if (type === "string") return choices === undefined || choices.includes(text) ? text : undefined;
  if (type === "endpoint") return isEndpoint(text) ? text : undefined;
  if (!(type === "integer" ? INTEGER : NUMBER).test(text)) return undefined;
  const value = Number(text);
  if (type === "integer" ? !Number.isSafeInteger(value) : !Number.isFinite(value)) return undefined;
  if (value < (minimum ?? -Infinity) || value > (maximum ?? Infinity)) return undefined;
  return value;
}
