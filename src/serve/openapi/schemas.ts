import { z } from "zod";

/** A schema, or a part of the document that has some, as JSON. */
export type Json = Readonly<Record<string, unknown>>;

const HERE = "#/$defs/";
const THERE = "#/components/schemas/";

/** Schemas as a document has them; those with an `id` stand in its components, once. */
export class Schemas {
  readonly components: Record<string, unknown> = {};

  /** The schema of what a request has. */
  ofInput(schema: z.ZodType): Json {
    return this.#of(schema, "input");
  }

  /** The schema of what an answer has. It may get more members, which clients are to overlook. */
  ofOutput(schema: z.ZodType): Json {
    return this.#of(schema, "output");
  }

  /** The schema of a parameter: of the number that it stands for, where it is one. */
  ofParameter(schema: z.ZodType): Json {
    const read = this.#of(schema, "output");
    return read.type === "integer" ? read : this.#of(schema, "input");
  }

  #of(schema: z.ZodType, io: "input" | "output"): Json {
    const written = z.toJSONSchema(schema, {
      io,
      unrepresentable: "any",
      override: ({ jsonSchema }) => {
        if (io === "output" && jsonSchema.additionalProperties === false) {
          delete jsonSchema.additionalProperties;
        }
      },
    });
    const { $schema: _, $defs = {}, ...own } = JSON.parse(
      JSON.stringify(written),
      (key, value) =>
        key === "$ref" && typeof value === "string" ? value.replace(HERE, THERE) : value,
    );
    Object.assign(this.components, $defs);
    return own;
  }
}
