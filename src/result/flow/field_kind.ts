import type { FlowField } from "../../contract/flow_field.ts";
import { Failure } from "../../host/failure.ts";

/** What one value of a field is. */
export type FieldBase = (typeof BASES)[number];

const BASES = [
  ...["address", "port", "protocol", "time"],
  ...["integer", "number", "boolean", "string", "word", "json"],
] as const;

/** What a field's type says. */
export interface FieldKind {
  readonly base: FieldBase;
  /** It is a list of such values. */
  readonly isList: boolean;
  /** It may be null. */
  readonly mayBeNull: boolean;
}

/** What a field's type says; one that is not known is taken for any JSON, so that nothing is lost. */
export function kindOf({ type }: FlowField): FieldKind {
  const word = type.replace(/\?$/, "");
  const base = BASES.find((base) => base === word || plural(base) === word) ?? "json";
  const mayBeNull = word !== type || base === "port" || base === "json";
  return { base, isList: plural(base) === word, mayBeNull };
}

function plural(word: string): string {
  return word.endsWith("s") ? `${word}es` : `${word}s`;
}

/**
 * A field's value out of a record.
 *
 * @throws {Failure} when it is not of the type that the field's chain declares
 */
export function fitting(
  field: FlowField,
  { base, isList, mayBeNull }: FieldKind,
  value: unknown,
): unknown {
  if (value === null && mayBeNull) return null;
  const fits = FITS[base];
  if (isList ? Array.isArray(value) && value.every(fits) : fits(value)) return value;
  throw new Failure(
    `the field ${field.name} holds ${JSON.stringify(value)}, which is not of its type, ` +
      `${field.type}: correct its chain, or write JSON`,
  );
}

const FITS: Readonly<Record<FieldBase, (value: unknown) => boolean>> = {
  address: isText,
  port: (value) => isBelow(value, 1 << 16),
  protocol: (value) => isBelow(value, 1 << 8),
  time: Number.isFinite,
  integer: Number.isSafeInteger,
  number: Number.isFinite,
  boolean: (value) => typeof value === "boolean",
  string: isText,
  word: isText,
  json: () => true,
};

function isBelow(value: unknown, end: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < end;
}

/** Whether it can be written as UTF-8. */
function isText(value: unknown): boolean {
  return typeof value === "string" && value.isWellFormed();
}
