import type { OptionSchema } from "./records.ts";

/** What stands in a control: a text, or whether a box is ticked. */
export type Typed = string | boolean;

/** What is typed for values of options, as a request has it; what is as usual is left out. */
export function valuesOf(
  properties: Readonly<Record<string, OptionSchema>>,
  typed: Readonly<Record<string, Typed>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, schema]) => {
      const value = valueOf(schema, typed[name] ?? "");
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** One value; undefined for none. What is no number where one must be stays a text, which the server refuses. */
function valueOf(schema: OptionSchema, typed: Typed): unknown {
  if (typeof typed === "boolean") return typed === (schema.default ?? false) ? undefined : typed;
  const text = typed.trim();
  if (text === "") return undefined;
  if (schema.type === "array") {
    return text.split(/[\s,]+/).map((one) => valueOf(schema.items ?? {}, one));
  }
  const isNumber = schema.type === "integer" || schema.type === "number";
  return isNumber && !Number.isNaN(Number(text)) ? Number(text) : text;
}

/** What an option is when nothing is typed, in words; empty when it is nothing then. */
export function usualOf({ default: usual }: OptionSchema): string {
  if (usual === undefined || Array.isArray(usual) && usual.length === 0) return "";
  return [usual].flat().join(", ");
}

/** The limits of a number, without those that every whole number has. */
export function limitsOf({ minimum, maximum }: OptionSchema) {
  return {
    ...(minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER ? {} : { min: minimum }),
    ...(maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? {} : { max: maximum }),
  };
}
