import { z } from "zod";
import { must } from "../../plugin/schema/words.ts";

/** A whole number in a query. */
export function queryNumber(minimum: number, maximum: number, summary: string) {
  const said = must(`a whole number from ${minimum} to ${maximum}`);
  return z.string().regex(/^\d{1,16}$/, said).transform(Number).pipe(
    z.int(said).min(minimum, said).max(maximum, said),
  ).describe(summary);
}
