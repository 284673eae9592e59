/** What this program uses of `@std/text`, which comes without types. */
export function closestString(given: string, possible: readonly string[]): string;
export function levenshteinDistance(a: string, b: string): number;
