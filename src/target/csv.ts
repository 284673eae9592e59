// @ts-types="../types/csv.d.ts"
import { parse } from "@std/csv";
import type { Target } from "../contract/job.ts";
import { checkJob, type Needs } from "./check.ts";
import type { LineReader } from "./job_line.ts";

/** Columns of PATHspider's forms without a header, by how many there are. */
const FORMS: Readonly<Record<number, readonly string[]>> = {
  2: ["rank", "domain"],
  3: ["dip", "dp", "domain"],
  4: ["dip", "dp", "domain", "rank"],
};

const KNOWN = new Set(Object.values(FORMS).flat());

/** Whether a first line looks like CSV: several columns, or the name of one. */
export function looksLikeCsv(text: string): boolean {
  return text.includes(",") || KNOWN.has(text);
}

/**
 * A reader of the lines of one CSV file. A first line that names a column is the header; without
 * one the number of columns tells what they are. A record is one line.
 */
export function csvReader(): LineReader {
  let header: readonly string[] | null = null;
  let first = true;
  return (text, needs) => {
    const cells = split(text);
    if (typeof cells === "string") return cells;
    if (first) {
      first = false;
      if (cells.some((cell) => KNOWN.has(cell.toLowerCase()))) {
        header = cells.map((cell) => KNOWN.has(cell.toLowerCase()) ? cell.toLowerCase() : cell);
        return null;
      }
    }
    return jobOf(cells, header ?? FORMS[cells.length], header !== null, needs);
  };
}

/** The cells of a line without spaces around them, or the problem with it. */
function split(text: string): readonly string[] | string {
  try {
    return parse(text)[0]!.map((cell) => cell.trim());
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return "a quotation mark is missing or stands where none can";
  }
}

function jobOf(
  cells: readonly string[],
  columns: readonly string[] | undefined,
  named: boolean,
  needs: Needs,
): Target | string {
  if (columns === undefined) {
    return `${columnCount(cells)} without a header; expected 2, 3 or 4 (${
      Object.values(FORMS).map((form) => form.join(",")).join(" · ")
    })`;
  }
  if (cells.length !== columns.length) {
    return `${columnCount(cells)}, but the header names ${columns.length}`;
  }
  const given = columns.map((column, at) => [column, cells[at]!] as const)
    .filter(([column, cell]) => cell !== "" || (named && !KNOWN.has(column)));
  return checkJob(Object.fromEntries(given), needs);
}

function columnCount({ length }: readonly string[]): string {
  return length === 1 ? "1 column" : `${length} columns`;
}
