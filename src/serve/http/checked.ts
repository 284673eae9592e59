import { z } from "zod";
import { nearest } from "../../host/nearest.ts";
import { ProblemError, type ProblemPart } from "./problem.ts";

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
  const errors = read.error.issues.flatMap((issue) => partsOf(issue, place, schema));
  const what = place === "body" ? "the body" : `the ${place}`;
  throw new ProblemError(
    422,
    `${what} is not as it must be: ${errors[0]!.at} ${errors[0]!.detail}`,
    {
      errors,
    },
  );
}

function partsOf(
  issue: z.core.$ZodIssue,
  place: ProblemPart["in"],
  schema: z.ZodType,
): ProblemPart[] {
  if (issue.code === "unrecognized_keys") {
    const known = issue.path.length === 0 && schema instanceof z.ZodObject
      ? Object.keys(schema.shape)
      : [];
    return issue.keys.map((key) => {
      const near = nearest(key, known);
      return {
        in: place,
        at: pointer([...issue.path, key], place),
        detail: `is not known${near === null ? "" : `; did you mean ${near}?`}`,
      };
    });
  }
  return [{ in: place, at: pointer(issue.path, place), detail: issue.message }];
}

/** Where it is: a JSON Pointer into a body (RFC 6901), else the name of a parameter. */
function pointer(path: readonly PropertyKey[], place: ProblemPart["in"]): string {
  if (place !== "body") return path.map(String).join(".");
  return path.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join(
    "",
  ) ||
    "/";
}
