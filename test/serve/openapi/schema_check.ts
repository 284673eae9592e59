import { assert } from "@std/assert";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { Document } from "./document.ts";

/** Checks values against the schemas of a document, by the whole of JSON Schema 2020-12. */
export class SchemaCheck {
  readonly #ajv = new Ajv2020({
    strict: true,
    allowUnionTypes: true,
    formats: {
      "date-time": (text: string) => /^\d{4}-\d\d-\d\dT.*Z$/.test(text) && !isNaN(Date.parse(text)),
      "uri-reference": (text: string) => URL.canParse(text, "http://host.example/"),
    },
  });
  readonly #components: object;
  readonly #compiled = new Map<object, (value: unknown) => boolean>();

  constructor({ components: { schemas } }: Document) {
    this.#components = { schemas: closed(schemas) };
    this.#ajv.addKeyword("components");
  }

  /** Fails where a value is not as its schema says, or has a member of which that says nothing. */
  check(schema: object, value: unknown, what: string): void {
    const is = this.#compiled.get(schema) ??
      this.#ajv.compile({ ...closed(schema), components: this.#components });
    this.#compiled.set(schema, is);
    const isRight = is(value);
    const { errors } = is as { errors?: readonly object[] | null };
    assert(isRight, `${what}: ${JSON.stringify(errors)} in ${JSON.stringify(value)}`);
  }
}

/** Schemas that take no members but those they name, where they do not say that there are others. */
function closed(schema: object): object {
  return JSON.parse(
    JSON.stringify(schema),
    (_, value) =>
      typeof value?.properties === "object" && value.type === "object"
        ? { additionalProperties: false, ...value }
        : value,
  );
}
