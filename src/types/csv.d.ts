/** What this program uses of `@std/csv`, which comes without types. */
export function parse(text: string): string[][];
/** Rows as text, each ending with CR and LF. Null and undefined are empty. */
export function stringify(rows: readonly (readonly unknown[])[]): string;
