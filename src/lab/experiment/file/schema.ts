import { z } from "zod";
import { experimentFile } from "./experiment_file.ts";
import { STEPS } from "./steps.ts";

type Schema = { [key: string]: unknown };

/** What the file of an experiment may have, as JSON Schema: its form, not what it names. */
export function experimentSchema(): object {
  const schema = z.toJSONSchema(experimentFile, { io: "input", unrepresentable: "any" });
  widen(schema as Schema);
  return schema;
}

/** What is turned into something else before it is checked may be written in another form too. */
function widen(schema: Schema): void {
  // Engines of other languages know no classes of Unicode
  if (typeof schema.pattern === "string" && schema.pattern.includes("P{C}")) delete schema.pattern;
  for (const [key, value] of Object.entries(schema)) {
    if (typeof value !== "object" || value === null) continue;
    widen(value as Schema);
    const inner = value as { items?: Schema; additionalProperties?: Schema };
    if (key === "steps" && inner.items !== undefined) {
      inner.items = { anyOf: [{ enum: STEPS }, emptied(inner.items)] };
    }
    if ((key === "hosts" || key === "routers") && inner.additionalProperties !== undefined) {
      inner.additionalProperties = { anyOf: [{ type: "null" }, inner.additionalProperties] };
    }
  }
}

/** A step of which nothing is told may be empty. */
function emptied(step: Schema): Schema {
  const properties = Object.entries(step.properties as { [name: string]: Schema });
  return {
    ...step,
    properties: Object.fromEntries(
      properties.map(([name, told]) => [
        name,
        told.required === undefined && told.type === "object"
          ? { anyOf: [{ type: "null" }, told] }
          : told,
      ]),
    ),
  };
}
