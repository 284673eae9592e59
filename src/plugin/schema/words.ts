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

/** Of a long list, so many are looked at behind each other; those behind a fault are not. */
export const LOOKED_AT = 1000;

/** How long a list may be. */
interface Lengths {
  readonly least?: number;
  readonly most?: number;
}

interface SizedDef extends z.core.$ZodArrayDef {
  readonly lengths: Required<Lengths>;
  readonly problem: string;
}

/**
 * An array whose length is looked at before what is in it. Zod's own checks come last, and compare the
 * length of whatever has one, also of what is no list.
 */
const SizedArray = z.core.$constructor<z.ZodArray, SizedDef>("SizedArray", (schema, def) => {
  z.ZodArray.init(schema, def);
  const { lengths: { least, most }, problem } = def;
  const parse = schema._zod.parse;
  const part = z.array(def.element);
  schema._zod.parse = (payload, context) => {
    const { value, issues } = payload;
    if (!Array.isArray(value)) return parse(payload, context);
    if (value.length < least || value.length > most) {
      payload.value = [];
      // A union tells of it alone where the others expect no list
      issues.push({
        ...{ code: "custom", message: problem, input: value, inst: schema },
        continue: true,
      });
      return payload;
    }
    payload.value = untilFault(part, value);
    return parse(payload, context);
  };
});

/**
 * A list of some length, of which no more is looked at where it has another one: that of a stranger may be
 * very long. Of a long one with faults, {@linkcode LOOKED_AT} are told at most.
 */
export function sized<T extends z.ZodType>(
  of: z.ZodArray<T>,
  { least = 0, most = Infinity }: Lengths,
  problem: string,
): z.ZodArray<T> {
  const schema = new SizedArray({ ...of._zod.def, lengths: { least, most }, problem });
  return (schema as z.ZodArray<T>).meta({
    ...of.meta(),
    ...(least > 0 && { minItems: least }),
    ...(most < Infinity && { maxItems: most }),
  });
}

/** A long list to the end of the part with its first fault: each of very many faults takes its time. */
function untilFault(part: z.ZodArray, list: readonly unknown[]): readonly unknown[] {
  if (list.length <= LOOKED_AT) return list;
  for (let at = 0; at < list.length; at += LOOKED_AT) {
    const end = at + LOOKED_AT;
    if (!part.safeParse(list.slice(at, end)).success) return list.slice(0, end);
  }
  return list;
}
