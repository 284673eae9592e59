// @ts-types="../types/csv.d.ts"
import { parse } from "@std/csv";
import type { Target } from "../contract/job.ts";
import { checkJob, type Needs } from "./check.ts";
import { withoutComment } from "./comment.ts";
import { fieldsOf } from "./csv_form.ts";
import type { LineReader } from "./job_line.ts";
import { URL_COLUMNS } from "./url_column.ts";

/** Columns whose names make a first line the header, in any case. */
const KNOWN: ReadonlySet<string> = new Set(["dip", "dp", "domain", "rank", ...URL_COLUMNS]);

/** A URL whose commas are its own: they come after its host, and no rank after them. */
const ONE_URL = /^[a-z][a-z\d+.-]*:\/\/[^,/?#]*[/?#](?!.*,\s*\d+$)/i;

/** Whether a first line looks like CSV: several columns, or the name of one. */
export function looksLikeCsv(text: string): boolean {
  const bare = withoutComment(text);
  return bare.includes(",") && !ONE_URL.test(bare) || isKnown(bare);
}

/**
 * A reader of the lines of one CSV file. A first line that names a column is the header; without
 * one the cells tell what they are. A record is one line. Behind it there may be a comment, but in a
 * file with columns of one's own, whose text it would be.
 */
export function csvReader(): LineReader {
  let header: readonly string[] | null = null;
  let first = true;
  return (text, needs) => {
    if (first) {
      first = false;
      header = headerIn(text);
      if (header !== null) return null;
    }
    const cells = split(header === null || header.every(isKnown) ? withoutComment(text) : text);
    if (typeof cells === "string") return cells;
    if (header !== null) return namedJob(cells, header, needs);
    const fields = fieldsOf(cells);
    return typeof fields === "string" ? fields : checkJob(fields, needs);
  };
}

/** The names of the columns, where a line names one that is known. */
function headerIn(text: string): readonly string[] | null {
  const [bare, whole] = [withoutComment(text), text].map(split);
  if (typeof bare === "string" || typeof whole === "string") return null;
  // A name of one's own may have a `#`
  const cells = bare!.every(isKnown) || !whole!.some(isKnown) ? bare! : whole!;
  return cells.some(isKnown)
    ? cells.map((cell) => isKnown(cell) ? cell.toLowerCase() : cell)
    : null;
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

function namedJob(
  cells: readonly string[],
  header: readonly string[],
  needs: Needs,
): Target | string {
  if (cells.length !== header.length) {
    const count = cells.length === 1 ? "1 column" : `${cells.length} columns`;
    return `${count}, but the header names ${header.length}`;
  }
  const given = header.map((column, at) => [column, cells[at]!] as const)
    .filter(([column, cell]) => cell !== "" || !isKnown(column));
  return checkJob(Object.fromEntries(given), needs);
}

function isKnown(column: string): boolean {
  return KNOWN.has(column.toLowerCase());
}
