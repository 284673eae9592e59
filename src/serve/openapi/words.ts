import { z } from "zod";
import type { Content, Contents } from "./operation.ts";

/** Content that is JSON. */
export function json(schema: z.ZodType): Contents {
  return { "application/json": { schema } };
}

/** Content of lines that are JSON each. */
export function lines(schema: z.ZodType, summary: string): Content {
  return { schema: text(summary), lines: schema };
}

/** A text. */
export function text(summary: string) {
  return z.string().describe(summary);
}

/** A whole number from 0. */
export function count(summary: string) {
  return z.int().min(0).describe(summary);
}

/** A time in an answer. */
export function moment(summary: string) {
  return z.string().meta({ format: "date-time", description: summary });
}

/** Where something else is, below this server. */
export function links<const Name extends string>(...names: readonly Name[]) {
  const path = z.string().meta({ format: "uri-reference" });
  return z.object(
    Object.fromEntries(names.map((name) => [name, path])) as Record<Name, typeof path>,
  )
    .describe("where it, and what belongs to it, is");
}

/** How many have each condition. */
export const conditionCounts = z.record(z.string(), z.int()).describe(
  "how many have each condition",
);
