/** What a column of results holds: text, a whole number, a time, or a list of words. */
export type ColumnKind = "text" | "integer" | "time" | "words";

/** The columns of results as a table, in order. */
export const RESULT_COLUMNS = {
  dip: "text",
  dp: "integer",
  domain: "text",
  rank: "integer",
  sip: "text",
  from: "time",
  to: "time",
  conditions: "words",
  run: "integer",
} as const satisfies Readonly<Record<string, ColumnKind>>;

/** The name of a column. */
export type ResultColumn = keyof typeof RESULT_COLUMNS;

/** Their names, in order. */
export const RESULT_COLUMN_NAMES = Object.keys(RESULT_COLUMNS) as readonly ResultColumn[];
