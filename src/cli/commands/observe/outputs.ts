import type { FlowField } from "../../../contract/flow_field.ts";
import { fileOrStream, type OutputStream } from "../../../host/streams.ts";
import type { PacketSink, RecordSink } from "../../../observe/observe.ts";
import type { Statistics } from "../../../observe/statistics.ts";
import { ResultWriter } from "../../../result/ndjson.ts";
import { PcapWriter } from "../../../result/pcap.ts";
import { PcapngWriter } from "../../../result/pcapng.ts";
import type { ObserveSink } from "../../../run/observe_run.ts";
import type { Form, MakeForm } from "./forms.ts";
import type { ObserveCommandOptions } from "./options.ts";
import { type StatisticsOutput, statisticsOutput } from "./statistics_output.ts";

/** Everything that `spider observe` writes besides standard error. */
export class ObserveOutputs implements ObserveSink {
  readonly #writer: ResultWriter;
  readonly #packets: PcapWriter | PcapngWriter | null = null;
  readonly #statistics: StatisticsOutput | null = null;
  readonly #form: Form;
  #hasEnded = false;

  /**
   * Opens all that was asked for.
   *
   * @param fields the fields of a flow record
   * @param inputs files that are being read, and so must not be emptied
   * @throws {Failure} when one cannot be written
   */
  constructor(
    options: ObserveCommandOptions,
    form: MakeForm,
    fields: readonly FlowField[],
    inputs: readonly string[],
  ) {
    const { stdout } = options;
    this.#writer = ResultWriter.open(fileOrStream(options.output, stdout), inputs);
    try {
      if (options.write !== undefined) {
        this.#packets = packetWriter(options.write, stdout, inputs);
      }
      if (options.stats !== undefined) {
        this.#statistics = statisticsOutput(options.stats, stdout, inputs);
      }
      this.#form = form(fields, this.#writer);
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
    return file === null ? undefined : (packets) => file.write(packets);
  }

  /** Writes what comes after the last record, and all that waits. */
  async end(): Promise<void> {
    this.#hasEnded = true;
    this.#form.end();
    await this.#writer.delivered();
  }

  /** Writes the statistics. */
  report(statistics: Statistics): void | Promise<void> {
    return this.#statistics?.report(statistics);
  }

  /** Takes the statistics so far; undefined when they are requested at the end alone. */
  get follow(): ObserveSink["follow"] {
    const output = this.#statistics;
    return output?.isLive ? (statistics) => output.report(statistics) : undefined;
  }

  /** Closes all of it; what was gathered is written first, also after an error. */
  async close(): Promise<void> {
    try {
      this.#statistics?.close();
      this.#packets?.close();
      if (!this.#hasEnded && this.#form.needsEnd) this.#form.end();
    } finally {
      await this.#writer.close();
    }
  }
}

/** What keeps packets in a file, in the form that its name asks for. */
function packetWriter(
  path: string,
  stdout: OutputStream,
  inputs: readonly string[],
): PcapWriter | PcapngWriter {
  const Writer = path.endsWith(".pcapng") ? PcapngWriter : PcapWriter;
  return new Writer(fileOrStream(path, stdout), inputs);
}
