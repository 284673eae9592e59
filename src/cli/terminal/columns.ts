// @ts-types="../../types/colors.d.ts"
import { bold, cyan } from "@std/fmt/colors";

/** How the titles of a table, and the column that says what a row is about, are painted. */
export interface Paint {
  readonly title: (text: string) => string;
  readonly label: (text: string) => string;
}

/** With colours, for a terminal. */
export const COLOURED: Paint = { title: bold, label: cyan };
/** Without. */
export const PLAIN: Paint = { title: same, label: same };

/**
 * Rows under their titles, a line each: numbers to the right, and to the left the columns of `left`,
 * the first of which is painted.
 */
export function columns(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  { title, label }: Paint,
  left: readonly number[] = [0],
): string[] {
  const widths = titles.map((text, at) =>
    Math.max(text.length, ...rows.map((row) => row[at]!.length))
  );
  const line = (row: readonly string[], paint: (text: string) => string) =>
    row.map((text, at) => {
      if (!left.includes(at)) return text.padStart(widths[at]!);
      const gap = at === row.length - 1 ? "" : " ".repeat(widths[at]! - text.length);
      return (at === left[0] ? paint(text) : text) + gap;
    }).join("  ").trimEnd();
  return [title(line(titles, same)), ...rows.map((row) => line(row, label))];
}

function same(text: string): string {
  return text;
}
