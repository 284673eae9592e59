import type { SchemaElement } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { columnElements, type ColumnValue } from "../../result/parquet_columns.ts";
import {
  type ColumnKind,
  RESULT_COLUMN_NAMES,
  RESULT_COLUMNS,
  type ResultColumn,
} from "./result_columns.ts";
import type { ResultRow } from "./result_rows.ts";

/** A row group ends behind so many results, or so many characters of them. */
const MOST_ROWS = 2000;
const MOST_CHARACTERS = 8 << 20;

/** Columns that are read out of a result; the run is known beside it. */
const READ = RESULT_COLUMN_NAMES.filter((name) => name !== "run");

/** The column of all that has none of its own, as JSON. */
const REST = "rest";

/**
 * Results as one Parquet file (https://parquet.apache.org/docs/file-format/), made and sent row group by row
 * group, so that a long one takes no more memory than a short one. A value that does not fit its column, as
 * an address that is no text, stands in `rest`: nothing is lost.
 *
 * @param read the next results; none at the end
 */
export function parquetStream(read: () => readonly ResultRow[]): ReadableStream<Uint8Array> {
  const octets = new ByteWriter();
  const file = new ParquetWriter({ writer: octets, schema: SCHEMA, createdBy: "spider" });
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const rows: ResultRow[] = [];
      for (let left = MOST_CHARACTERS; rows.length < MOST_ROWS && left > 0;) {
        const some = read();
        if (some.length === 0) break;
        rows.push(...some);
        left -= some.reduce((sum, { line }) => sum + line.length, 0);
      }
      if (rows.length > 0) {
        await file.write({ columnData: rowGroup(rows), rowGroupSize: rows.length });
      } else await file.finish();
      controller.enqueue(octets.getBytes().slice());
      octets.index = 0; // its place in the file goes on
      if (rows.length === 0) controller.close();
    },
  }, { highWaterMark: 1 });
}

/** Results by columns. */
function rowGroup(results: readonly ResultRow[]) {
  const rows = results.map(rowOf);
  return [
    ...RESULT_COLUMN_NAMES.map((name) => ({ name, data: rows.map(({ values }) => values[name]) })),
    { name: REST, data: rows.map(({ rest }) => rest), statistics: false },
  ];
}

/** A result as a row: what its columns take, and JSON of what they leave. */
function rowOf({ run, line }: ResultRow): {
  readonly values: Readonly<Partial<Record<ResultColumn, unknown>>>;
  readonly rest: string | null;
} {
  const rest = new Map<string, unknown>(Object.entries(JSON.parse(line)));
  const time = new Map(Object.entries(rest.get("time") ?? {}));
  const values: Partial<Record<ResultColumn, unknown>> = { run: FITTED.integer(run) };
  for (const name of READ) {
    const from = RESULT_COLUMNS[name] === "time" ? time : rest;
    const value = FITTED[RESULT_COLUMNS[name]](from.get(name));
    values[name] = value;
    if (value !== null) from.delete(name);
  }
  if (time.size === 0 && (values.from ?? values.to ?? null) !== null) rest.delete("time");
  return { values, rest: rest.size === 0 ? null : JSON.stringify(Object.fromEntries(rest)) };
}

/** What a column of each kind takes of a value; null for one that it cannot hold as it is. */
const FITTED: Readonly<Record<ColumnKind, (value: unknown) => unknown>> = {
  text: (value) => isText(value) ? value : null,
  integer: (value) => Number.isSafeInteger(value) ? BigInt(value as number) : null,
  time: (value) => {
    const date = new Date(typeof value === "string" ? value : NaN);
    return !Number.isNaN(date.getTime()) && date.toISOString() === value ? date : null;
  },
  words: (value) => Array.isArray(value) && value.every(isText) ? value : null,
};

/** Whether it can be written as UTF-8. */
function isText(value: unknown): value is string {
  return typeof value === "string" && value.isWellFormed();
}

/** A column as the footer of the file declares it. */
function elementsOf(name: string, kind: ColumnKind): SchemaElement[] {
  return columnElements(name, VALUES[kind], kind === "words");
}

const VALUES: Readonly<Record<ColumnKind, ColumnValue>> = {
  text: "text",
  integer: "integer",
  time: "milliseconds",
  words: "text",
};

const SCHEMA: SchemaElement[] = [
  { name: "results", num_children: RESULT_COLUMN_NAMES.length + 1 },
  ...RESULT_COLUMN_NAMES.flatMap((name) => elementsOf(name, RESULT_COLUMNS[name])),
  ...elementsOf(REST, "text"),
];
