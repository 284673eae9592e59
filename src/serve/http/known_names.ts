import { z } from "zod";
import { nearest } from "../../host/nearest.ts";

/** Names that are listed where none is near. */
const LISTED = 40;
/** Characters of what may be near a name: comparing takes longer the longer it is. */
const LONGEST = 200;

/** What to say behind a name that is not known: the one that was probably meant, or which there are. */
export function meant(given: string, known: readonly string[]): string {
  const near = given.length > LONGEST ? null : nearest(given, known);
  if (near !== null) return `did you mean ${near}?`;
  if (known.length === 0) return "there is none";
  const rest = known.length - LISTED;
  return `there is ${known.slice(0, LISTED).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

/** The members that an object at a place in what a schema describes may have. */
export function membersAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  return [...new Set(schemasAt(schema, path).flatMap((one) => Object.keys(shapeOf(one))))];
}

function schemasAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): z.core.$ZodType[] {
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((one) => schemasAt(one, path));
  const within = wrapped(schema);
  if (within !== null) return schemasAt(within, path);
  const [key, ...rest] = path;
  if (key === undefined) return [schema];
  const next = schema instanceof z.ZodArray
    ? schema.element
    : schema instanceof z.ZodRecord
    ? schema.valueType
    : Object.hasOwn(shapeOf(schema), key)
    ? shapeOf(schema)[String(key)]
    : undefined;
  return next === undefined ? [] : schemasAt(next, rest);
}

/** What a schema takes that only adds something to another one; null for any other. */
function wrapped(schema: z.core.$ZodType): z.core.$ZodType | null {
  if (schema instanceof z.ZodPipe) return schema.in;
  const adds = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ||
    schema instanceof z.ZodNullable;
  return adds ? schema.unwrap() : null;
}

function shapeOf(schema: z.core.$ZodType): z.core.$ZodShape {
  return schema instanceof z.ZodObject ? schema.shape : {};
}
