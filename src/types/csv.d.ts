/** What this program uses of `@std/csv`, which comes without types. */
export function parse(text: string): string[][];
