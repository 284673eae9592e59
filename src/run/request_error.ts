import { UsageError } from "../host/usage_error.ts";

/** A field of a request, in the sentence of a {@linkcode RequestError}. */
export interface Field {
  /** Its name in the request. */
  readonly field: string;
  /** What it holds or should hold, where the sentence says so. */
  readonly value?: string | number;
}

/** Names a field in a sentence. */
export function field(name: string, value?: string | number): Field {
  return value === undefined ? { field: name } : { field: name, value };
}

/**
 * A request contradicts itself, or holds an invalid value. Its message names fields as the request
 * does; a caller that has other names for them, such as options of a command line, puts those in by
 * {@linkcode named}.
 */
export class RequestError extends UsageError {
  /** The sentence, in pieces. */
  readonly parts: readonly (string | Field)[];

  constructor(parts: readonly (string | Field)[]) {
    super(sentence(parts, ({ field, value }) => value === undefined ? field : `${field} ${value}`));
    this.parts = parts;
  }

  /** Names of the fields that the sentence names, none twice. */
  get fields(): string[] {
    return [...new Set(this.parts.flatMap((part) => typeof part === "string" ? [] : part.field))];
  }

  /** The sentence with other names for its fields. */
  named(nameOf: (field: Field) => string): string {
    return sentence(this.parts, nameOf);
  }
}

/** A request names what is not there. */
export class UnknownNameError extends RequestError {
  /**
   * @param what what kind of thing it names: `chain`
   * @param given the name
   * @param names those that there are
   */
  constructor(
    what: string,
    readonly given: string,
    readonly names: readonly string[],
  ) {
    super([`there is no ${what} ${given}; there are ${names.join(", ")}`]);
  }
}

/**
 * The error with a sentence that names fields.
 *
 * @example
 * ```ts ignore
 * throw requestError`${field("repeat")} must be 1 or more, not ${repeat}`;
 * ```
 */
export function requestError(
  texts: TemplateStringsArray,
  ...values: readonly (Field | string | number)[]
): RequestError {
  return new RequestError(
    texts.flatMap((text, at) => {
      const value = values[at];
      if (value === undefined) return [text];
      return [text, typeof value === "object" ? value : String(value)];
    }),
  );
}

function sentence(
  parts: readonly (string | Field)[],
  nameOf: (field: Field) => string,
): string {
  return parts.map((part) => typeof part === "string" ? part : nameOf(part)).join("");
}
