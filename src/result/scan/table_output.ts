import type { TableForm } from "./table_form.ts";
import type { FlowField } from "../../contract/flow_field.ts";
import type { Result } from "../../contract/spider.ts";
import { jsonText } from "../../host/json_text.ts";
import type { OutputStream } from "../../host/streams.ts";
import { CsvLines } from "../csv.ts";
import { kindOf } from "../flow/field_kind.ts";
import { ParquetFlows } from "../flow/parquet_flows.ts";
import { ResultWriter } from "../ndjson.ts";
import type { ResultTable, TableRow } from "./result_table.ts";

/** Between the values of a list in CSV. */
const LIST_SIGN = " ";

/** Rows in one form. */
interface Rows {
  /** Takes rows of one result. */
  put(rows: readonly TableRow[]): void;
  /** Writes what the form cannot be read without. */
  end(): void;
}

/**
 * Writes results as a table: lines of JSON, CSV, or one Parquet file, row group by row group. Memory
 * is bounded: rows of one group wait at most, and producers should wait for `room`. A Parquet file gets
 * its end also after an error, unless that was the disk's: then it cannot be read.
 *
 * Throws as `ResultWriter` does.
 */
export class TableOutput {
  readonly #writer: ResultWriter;
  readonly #table: ResultTable;
  readonly #rows: Rows;
  /** Whether an error was thrown. */
  #failed = false;

  private constructor(writer: ResultWriter, table: ResultTable, form: TableForm) {
    this.#writer = writer;
    this.#table = table;
    this.#rows = form === "parquet" ? parquetRows(table, writer) : lineRows(table, form, writer);
  }

  /**
   * Opens a file, which is made or emptied; standard output is open already.
   *
   * @param inputs files that are being read, and so must not be emptied
   * @throws {Failure} when it cannot be written
   */
  static open(
    path: string | OutputStream,
    table: ResultTable,
    form: TableForm,
    inputs: readonly string[] = [],
  ): TableOutput {
    return new TableOutput(ResultWriter.open(path, inputs), table, form);
  }

  /** Results of which all rows were written, without those that wait. */
  get written(): number {
    return this.#writer.written;
  }

  /** Octets that wait for the reader of a pipe. */
  get waiting(): number {
    return this.#writer.waiting;
  }

  /** Waits until the reader of a pipe has caught up, or the signal aborts; null when it has now. */
  room(signal: AbortSignal): Promise<void> | null {
    return this.#writer.room(signal);
  }

  /** Writes what was gathered, as far as there is room; of a Parquet file, whole row groups alone. */
  flush(): void {
    this.#writer.flush();
  }

  /** Writes the rows of one result. */
  write(result: unknown): void {
    const rows = this.#table.rows(result as Result);
    try {
      this.#rows.put(rows);
    } catch (error) {
      this.#failed = true;
      throw error;
    }
  }

  /**
   * Writes what is left and closes the file. To be called once, also after an error, which it does
   * not throw again.
   */
  async close(): Promise<void> {
    try {
      this.#rows.end();
    } catch (error) {
      // Of what was told already, this is the consequence
      if (!this.#failed) throw error;
    } finally {
      await this.#writer.close();
    }
  }
}

function lineRows(
  { fields }: ResultTable,
  form: Exclude<TableForm, "parquet">,
  writer: ResultWriter,
): Rows {
  const csv = form === "csv" ? new CsvLines(fields.map(({ name }) => name)) : null;
  const shown = fields.map((field) => ({ name: field.name, of: shownBy(field) }));
  const listed = fields.map((field) => ({ name: field.name, of: timesBy(field) }));
  if (csv !== null) writer.writeBytes(csv.header);
  return {
    put(rows) {
      const columns = csv === null ? listed : shown;
      const lines = linesOf(
        rows.map((row) => Object.fromEntries(columns.map(({ name, of }) => [name, of(row[name])]))),
      );
      writer.writeBytes(csv === null ? lines : csv.of(lines), 1);
    },
    end() {},
  };
}

function parquetRows({ fields }: ResultTable, writer: ResultWriter): Rows {
  /** Results whose rows are all taken, and wait for the end of their group. */
  let waiting = 0;
  const file = new ParquetFlows(fields, (octets) => {
    writer.writeBytes(octets, waiting);
    waiting = 0;
  });
  return {
    put(rows) {
      file.records(linesOf(rows));
      waiting++;
    },
    end: () => file.end(),
  };
}

/** How a value of a column stands in a line of JSON. */
function timesBy(field: FlowField): (value: unknown) => unknown {
  if (kindOf(field).base !== "time") return (value) => value;
  return (value) => value === null ? null : rfc3339(value as number);
}

/** How a value of a column stands in CSV. */
function shownBy(field: FlowField): (value: unknown) => unknown {
  if (!kindOf(field).isList) return timesBy(field);
  return (value) => value === null ? null : (value as unknown[]).join(LIST_SIGN);
}

function rfc3339(seconds: number): string {
  return new Date(Math.round(seconds * 1000)).toISOString();
}

const ENCODER = new TextEncoder();

function linesOf(rows: readonly TableRow[]): Uint8Array {
  return ENCODER.encode(rows.map((row) => `${jsonText(row)}\n`).join(""));
}
