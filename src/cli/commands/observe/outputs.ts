import { jsonText } from "../../../host/json_text.ts";
import type { Capture } from "../../../host/capture.ts";
import { STANDARD } from "../../../host/standard.ts";
import { fileOrStream, type OutputStream } from "../../../host/streams.ts";
import type { PacketSink, RecordSink } from "../../../observe/observe.ts";
import type { Statistics } from "../../../observe/statistics.ts";
import { Summing } from "../../../observe/summary.ts";
import { CsvLines, parseLines } from "../../../result/csv.ts";
import { ResultWriter } from "../../../result/ndjson.ts";
import { OutputFile } from "../../../result/output_file.ts";
import { PcapWriter } from "../../../result/pcap.ts";
import type { ObserveSink } from "../../../run/observe_run.ts";
import { isColoured } from "../../terminal/style.ts";
import { flowSummaryText } from "./flow_summary.ts";
import type { ObserveInvocation } from "./options.ts";

/** Addresses that the summary lists. */
const TALKERS = 10;

/** What was asked for, and what `-` stands for in it. */
type ObserveCommandOptions = ObserveInvocation["options"] & { readonly stdout: OutputStream };

/** Everything that `spider observe` writes besides standard error. */
export class ObserveOutputs implements ObserveSink {
  readonly #writer: ResultWriter;
  readonly #packets: PcapWriter | null = null;
  readonly #statistics: OutputFile | null = null;
  readonly #form: Form;

  /**
   * Opens all that was asked for.
   *
   * @param fields names of the fields of a flow record
   * @param inputs files that are being read, and so must not be emptied
   * @throws {Failure} when one cannot be written
   */
  constructor(
    options: ObserveCommandOptions,
    fields: readonly string[],
    capture: Capture,
    inputs: readonly string[],
  ) {
    const { stdout } = options;
    this.#writer = ResultWriter.open(fileOrStream(options.output, stdout), inputs);
    try {
      if (options.write !== undefined) {
        this.#packets = new PcapWriter(fileOrStream(options.write, stdout), inputs, capture);
      }
      if (options.stats !== undefined) {
        this.#statistics = OutputFile.open(fileOrStream(options.stats, stdout), inputs);
      }
      this.#form = form(options, fields, this.#writer);
    } catch (error) {
      this.#packets?.close();
      throw error;
    }
  }

  /** Takes flow records. */
  readonly records: RecordSink = (lines) => this.#form.records(lines);

  /** Waits until records should come; null when they should now. */
  room(stop: AbortSignal): Promise<void> | null {
    return this.#writer.room(stop);
  }

  /** Takes the packets that were observed; undefined when they are not requested. */
  get packets(): PacketSink | undefined {
    const file = this.#packets;
    return file === null ? undefined : (records) => file.write(records);
  }

  /** Writes what comes after the last record, and all that waits. */
  async end(): Promise<void> {
    this.#form.end();
    await this.#writer.delivered();
  }

  /** Writes the statistics. */
  report(statistics: Statistics): void {
    this.#statistics?.write(new TextEncoder().encode(jsonText(statistics, 2) + "\n"));
  }

  /** Closes all of it; what was gathered is written first, also after an error. */
  async close(): Promise<void> {
    this.#packets?.close();
    this.#statistics?.close();
    await this.#writer.close();
  }
}

/** What becomes of flow records. */
interface Form {
  readonly records: RecordSink;
  end(): void;
}

function form(
  { csv, summary, json, output, stdout }: ObserveCommandOptions,
  fields: readonly string[],
  writer: ResultWriter,
): Form {
  if (summary) {
    return summed(writer, json, output === STANDARD && isColoured(stdout));
  }
  if (!csv) return { records: (lines) => writer.writeBytes(lines), end() {} };
  const columns = new CsvLines(fields);
  writer.writeBytes(columns.header);
  return { records: (lines) => writer.writeBytes(columns.of(lines)), end() {} };
}

function summed(writer: ResultWriter, json: boolean, colour: boolean): Form {
  const summing = new Summing();
  return {
    records(lines) {
      for (const flow of parseLines(lines)) summing.add(flow);
    },
    end() {
      const summary = summing.summary(TALKERS);
      if (json) writer.write(summary);
      else writer.writeBytes(new TextEncoder().encode(flowSummaryText(summary, colour)));
    },
  };
}
