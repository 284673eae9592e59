// @ts-types="../types/text.d.ts"
import { closestString, levenshteinDistance } from "@std/text";

/** The name that was probably meant, or null when none is near enough. */
export function nearest(given: string, names: readonly string[]): string | null {
  const near = names.find((name) => given.length > 1 && name.startsWith(given));
  if (near !== undefined) return near;
  if (names.length === 0) return null;
  const closest = closestString(given, names);
  const distance = levenshteinDistance(given.toLowerCase(), closest.toLowerCase());
  return distance <= Math.max(2, Math.floor(closest.length / 3)) ? closest : null;
}
