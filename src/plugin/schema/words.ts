import { z } from "zod";
import { isRange, isVersion } from "../version.ts";

// Each schema is used once or twice in a run: compiling it would take longer than it saves
z.config({ jitless: true });

/** The message for what a member must be, or that it is missing. */
export function must(what: string): {
  error: (issue: { readonly input?: unknown }) => string;
} {
  return { error: ({ input }) => input === undefined ? "is missing" : `must be ${what}` };
}

/** A line of text. It is shown on terminals, so it must not contain control characters. */
export function line(summary: string) {
  const said = must("a line of text");
  return z.string(said).regex(/^\P{C}+$/u, said).describe(summary);
}

/** A whole number. */
export function whole(minimum: number, maximum: number, summary: string) {
  const said = must(`a whole number from ${minimum} to ${maximum}`);
  return z.int(said).min(minimum, said).max(maximum, said).describe(summary);
}

/** True or false. */
export function flag(summary: string) {
  return z.boolean(must("true or false")).describe(summary);
}

/** One of some words. */
export function oneOf<const T extends readonly [string, ...string[]]>(words: T, summary: string) {
  return z.enum(words, must(words.length === 1 ? words[0] : `one of ${words.join(", ")}`))
    .describe(summary);
}

/** A function, which JSON does not have. */
export function code(summary: string) {
  return z.custom<(...args: never[]) => unknown>(
    (value) => typeof value === "function",
    must("a function"),
  ).describe(`a function, which JSON does not have: ${summary}`);
}

/** A semantic version. */
export function version(summary: string) {
  const said = must("a semantic version, such as 1.0.0");
  return z.string(said).refine(isVersion, said).describe(summary);
}

/** A range of semantic versions. */
export function range(summary: string) {
  const said = must("a range of versions, such as ^1");
  return z.string(said).refine(isRange, said).describe(summary);
}

/** A list of something. */
export function list<T extends z.ZodType>(of: T, what: string, summary: string) {
  return z.array(of, must(`a list of ${what}`)).describe(summary);
}

/**
 * A list of some length. Not by zod's own checks, which compare the length of whatever has one, also of
 * what is no list: of an object without a prototype they end with an error.
 */
export function sized<T extends z.ZodType>(
  of: z.ZodArray<T>,
  { least = 0, most = Infinity }: { readonly least?: number; readonly most?: number },
  problem: string,
) {
  return of.refine(({ length }) => length >= least && length <= most, { error: problem }).meta({
    ...of.meta(),
    ...(least > 0 && { minItems: least }),
    ...(most < Infinity && { maxItems: most }),
  });
}
