import { jsonText } from "../../host/json_text.ts";
import type { OutputStream } from "../../host/streams.ts";
import { CsvLines } from "../../result/csv.ts";
import { ResultWriter } from "../../result/ndjson.ts";

/** Writes records to standard output, as lines of JSON or as CSV. */
export class RecordOutput {
  readonly #writer: ResultWriter;
  readonly #encoder = new TextEncoder();
  readonly #csv: CsvLines | null;

  /** @param columns those of CSV; null for JSON */
  constructor(columns: readonly string[] | null, stdout: OutputStream) {
    this.#writer = ResultWriter.open(stdout);
    this.#csv = columns === null ? null : new CsvLines(columns);
    if (this.#csv !== null) this.#writer.writeBytes(this.#csv.header);
  }

  write(record: unknown): void {
    if (this.#csv === null) return this.#writer.write(record);
    this.#writer.writeBytes(this.#csv.of(this.#encoder.encode(`${jsonText(record)}\n`)));
  }

  /** Writes what is left, however long the reader lets it wait. */
  async close(): Promise<void> {
    await this.#writer.close();
  }
}
