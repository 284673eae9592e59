// @ts-types="../types/csv.d.ts"
import { stringify } from "@std/csv";

const CRLF = "\r\n";
/** What a terminal obeys or does not show, except ends of lines: CSV has no escapes for it. */
const UNSEEN = /[^\P{C}\n\t\r]|\r(?!\n)/gu;

/**
 * Turns records, lines of ndjson, into lines of CSV with these columns. A field that is null or
 * missing is empty. Lines end with a line feed alone, as Unix tools like them.
 */
export class CsvLines {
  readonly #columns: readonly string[];

  constructor(columns: readonly string[]) {
    this.#columns = columns;
  }

  /** The line with the columns' names. */
  get header(): Uint8Array {
    return encode([this.#columns]);
  }

  /** The lines of these records. */
  of(records: Uint8Array): Uint8Array {
    const list: Record<string, unknown>[] = parseLines(records);
    return encode(list.map((record) => this.#columns.map((name) => record[name])));
  }
}

/** The values in whole lines of ndjson. */
// deno-lint-ignore no-explicit-any -- what they are is known to whoever wrote them
export function parseLines(lines: Uint8Array): any[] {
  if (lines.length === 0) return [];
  const text = new TextDecoder().decode(lines.subarray(0, -1));
  return JSON.parse(`[${text.replaceAll("\n", ",")}]`);
}

function encode(rows: readonly (readonly unknown[])[]): Uint8Array {
  // Row by row, because a value in quotes may hold the same two octets
  const lines = rows.map((row) => stringify([row]).slice(0, -CRLF.length) + "\n");
  return new TextEncoder().encode(lines.join("").replaceAll(UNSEEN, "?"));
}
