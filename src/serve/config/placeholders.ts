import type { z } from "zod";
import { environmentVariable } from "../../host/environment_variable.ts";

/** `${ENV:NAME}` is a variable of the environment, `${section.key}` another value of the file. */
const PLACE = /\$\{([^}]*)\}/g;
const VARIABLE = /^ENV:(\w+)$/;
/** How many values may stand for each other in a row. */
const DEEPEST = 10;

type Values = Readonly<Record<string, unknown>>;

/** Where a text stands in a file, and what is wrong with it. */
type Refuse = (path: readonly PropertyKey[], problem: string) => void;

/**
 * Puts what they stand for in place of all placeholders of a file. What stands for nothing is a fault.
 *
 * @param keys the keys of the file that matter; all when missing
 */
export function withPlaceholders(
  value: unknown,
  context: z.RefinementCtx,
  keys?: readonly string[],
): unknown {
  const refuse: Refuse = (path, message) =>
    context.addIssue({ code: "custom", path: [...path], message });
  if (keys === undefined || typeof value !== "object" || value === null) {
    return filled(value, value as Values, [], refuse);
  }
  const made: Record<string, unknown> = Object.create(null);
  for (const key of keys) {
    if (Object.hasOwn(value, key)) {
      made[key] = filled((value as Values)[key], value as Values, [key], refuse);
    }
  }
  return made;
}

function filled(
  value: unknown,
  file: Values,
  path: readonly PropertyKey[],
  refuse: Refuse,
): unknown {
  if (typeof value === "string") {
    return textFilled(value, file, 0, (problem) => refuse(path, problem));
  }
  if (Array.isArray(value)) {
    return value.map((one, at) => filled(one, file, [...path, at], refuse));
  }
  if (typeof value !== "object" || value === null) return value;
  const made: Record<string, unknown> = Object.create(null);
  for (const [key, inner] of Object.entries(value)) {
    made[key] = filled(inner, file, [...path, key], refuse);
  }
  return made;
}

function textFilled(
  text: string,
  file: Values,
  depth: number,
  refuse: (problem: string) => void,
): string {
  return text.replaceAll(PLACE, (place: string, name: string) => {
    const variable = VARIABLE.exec(name)?.[1];
    const found = variable !== undefined ? environmentVariable(variable) : valueAt(file, name);
    if (found === undefined) {
      refuse(
        variable === undefined
          ? `has ${place}, and there is no such value`
          : `has ${place}, and the environment has no ${variable}`,
      );
      return place;
    }
    // What a variable holds is taken as it is
    if (variable !== undefined) return found;
    if (depth === DEEPEST) {
      refuse(`has ${place}, which stands for itself, or for too many others in a row`);
      return place;
    }
    return textFilled(found, file, depth + 1, refuse);
  });
}

/** A value by the names of its section and its key, as text; undefined for none, and for what is no text or number. */
function valueAt(file: Values, name: string): string | undefined {
  let value: unknown = file;
  for (const key of name.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Values)[key];
  }
  return ["string", "number", "boolean"].includes(typeof value) ? String(value) : undefined;
}
