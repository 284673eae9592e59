import { CsvLines } from "../../result/csv.ts";
import type { Measurement } from "./measurement.ts";
import { RESULT_COLUMN_NAMES } from "./result_columns.ts";
import type { ResultFilter } from "./result_filter.ts";
import { resultLines, type ResultRow } from "./result_rows.ts";
import type { ResultStore } from "./result_store.ts";
import { parquetStream } from "./results_parquet.ts";

/** Results that are read from the database at once. */
const AT_ONCE = 500;

/** Forms in which results are given, with their media types. */
export const FORMATS = {
  ndjson: "application/x-ndjson",
  csv: "text/csv; charset=utf-8",
  parquet: "application/vnd.apache.parquet",
} as const;
export type Format = keyof typeof FORMATS;
/** Those in which lines can be put behind each other; another one is a file as a whole. */
export type LineFormat = Exclude<Format, "parquet">;

/**
 * A page of results, and behind which number the next one begins: there is one, or will be of a measurement
 * that has not ended. Null where there is none.
 */
export function resultPage(
  store: ResultStore,
  measurement: Measurement,
  filter: ResultFilter,
  { after, most, format }: {
    readonly after: number;
    readonly most: number;
    readonly format: LineFormat;
  },
): { readonly octets: Uint8Array<ArrayBuffer>; readonly next: number | null } {
  const rows = store.results(measurement, filter, after, most + 1);
  const page = rows.slice(0, most);
  const parts = [headerOf(format), linesOf(measurement, page, format)];
  const octets = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  octets.set(parts[0]!);
  octets.set(parts[1]!, parts[0]!.length);
  const isLast = rows.length <= most && measurement.ended !== null;
  return { octets, next: isLast ? null : page.at(-1)?.number ?? after };
}

/** All results of a measurement in order, read as fast as the client does. */
export function resultStream(
  store: ResultStore,
  measurement: Measurement,
  filter: ResultFilter,
  { after, format }: { readonly after: number; readonly format: Format },
): ReadableStream<Uint8Array> {
  let last = after;
  const read = () => {
    const rows = store.results(measurement, filter, last, AT_ONCE);
    last = rows.at(-1)?.number ?? last;
    return rows;
  };
  if (format === "parquet") return parquetStream(read);
  return new ReadableStream<Uint8Array>({
    start: (controller) => {
      const header = headerOf(format);
      if (header.length > 0) controller.enqueue(header);
    },
    pull(controller) {
      const rows = read();
      if (rows.length === 0) return controller.close();
      controller.enqueue(linesOf(measurement, rows, format));
    },
  }, { highWaterMark: 1 });
}

function headerOf(format: LineFormat): Uint8Array {
  return format === "csv" ? new CsvLines(RESULT_COLUMN_NAMES).header : new Uint8Array();
}

function linesOf(
  measurement: Measurement,
  rows: readonly ResultRow[],
  format: LineFormat,
): Uint8Array {
  const lines = format === "csv" ? rows.map(flat) : resultLines(measurement, rows);
  const octets = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
  return format === "csv" ? new CsvLines(RESULT_COLUMN_NAMES).of(octets) : octets;
}

/** A result whose values fit into a row. */
function flat({ run, line }: ResultRow): string {
  const { time, conditions, ...result } = JSON.parse(line);
  return JSON.stringify({
    ...result,
    from: time?.from,
    to: time?.to,
    conditions: Array.isArray(conditions) ? conditions.join(" ") : null,
    run,
  });
}
