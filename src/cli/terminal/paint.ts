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

function same(text: string): string {
  return text;
}
