import type { z } from "zod";
import { count } from "../../host/quantity.ts";
import { LOOKED_AT } from "../../plugin/schema/words.ts";
import { meant, membersAt } from "./known_names.ts";
import { ProblemError, type ProblemPart } from "./problem.ts";

/** Parts of a request that an answer tells of. */
const MOST_TOLD = 20;

/**
 * A value from a request, checked.
 *
 * @throws {ProblemError} 422 with everything that is wrong
 */
export function checkedAs<S extends z.ZodType>(
  schema: S,
  value: unknown,
  place: ProblemPart["in"],
): z.output<S> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw notAsItMust(faultsOf(read.error, schema, place));
}

/** What a request is as far as it is as it must be, and what is wrong with the rest. */
export interface PartlyRead<S extends z.ZodObject> {
  readonly asked: Partial<z.output<S>>;
  readonly faults: readonly ProblemPart[];
}

/** The members of a body that are as they must be, so that more can be told of them than of the others. */
export function partlyRead<S extends z.ZodObject>(schema: S, value: unknown): PartlyRead<S> {
  const read = schema.safeParse(value);
  if (read.success) return { asked: read.data as Partial<z.output<S>>, faults: [] };
  const given = typeof value === "object" && value !== null ? value : {};
  const members = Object.entries(schema.shape).flatMap(([name, member]) => {
    const own = Object.hasOwn(given, name) ? given[name as keyof typeof given] : undefined;
    const { success, data } = (member as z.ZodType).safeParse(own);
    return success ? [[name, data] as const] : [];
  });
  return {
    asked: Object.fromEntries(members) as Partial<z.output<S>>,
    faults: faultsOf(read.error, schema, "body"),
  };
}

/**
 * 422 for parts of a request that are not as they must be: the first of them, where there are very many.
 *
 * @param faults one or more, of one place
 */
export function notAsItMust(faults: readonly ProblemPart[]): ProblemError {
  const { in: place, at, detail } = faults[0]!;
  const what = place === "body" ? "the body" : `the ${place}`;
  // Of those in a long list no more are known
  const places = faults.length < LOOKED_AT ? count(faults.length) : `${count(LOOKED_AT)} or more`;
  const some = faults.length > MOST_TOLD
    ? ` in ${places} places, the first ${MOST_TOLD} of which are told`
    : "";
  return new ProblemError(422, `${what} is not as it must be${some}: ${at} ${detail}`, {
    errors: faults.slice(0, MOST_TOLD),
  });
}

function faultsOf(error: z.ZodError, schema: z.ZodType, place: ProblemPart["in"]): ProblemPart[] {
  return error.issues.flatMap((issue) => partsOf(issue, place, schema));
}

function partsOf(
  issue: z.core.$ZodIssue,
  place: ProblemPart["in"],
  schema: z.ZodType,
): ProblemPart[] {
  if (issue.code === "unrecognized_keys") {
    const known = membersAt(schema, issue.path);
    // What is not told is only counted: there may be very many
    return issue.keys.map((key, at) => ({
      in: place,
      at: pointer([...issue.path, key], place),
      detail: at < MOST_TOLD ? `is not known; ${meant(key, known)}` : "is not known",
    }));
  }
  if (issue.code === "invalid_union") {
    // Of the forms that it may have, the one that was meant: what is wrong there lies deeper
    const form = issue.errors.find((all) => all.length > 0 && all.every(isWithin));
    if (form !== undefined) {
      return form.flatMap((one) =>
        partsOf({ ...one, path: [...issue.path, ...one.path] }, place, schema)
      );
    }
  }
  return [{ in: place, at: pointer(issue.path, place), detail: issue.message }];
}

/** Whether a value is of the form that was asked for, and the fault is in what it holds. */
function isWithin(issue: z.core.$ZodIssue): boolean {
  return issue.path.length > 0 || issue.code === "unrecognized_keys";
}

/** Where it is: a JSON Pointer into a body (RFC 6901), else the name of a parameter. */
function pointer(path: readonly PropertyKey[], place: ProblemPart["in"]): string {
  if (place !== "body") return path.map(String).join(".");
  return path.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join(
    "",
  ) ||
    "/";
}
