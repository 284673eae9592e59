import { fileOrStream } from "../../../host/streams.ts";
import type { PacketSink, RecordSink } from "../../../observe/observe.ts";
import type { Statistics } from "../../../observe/statistics.ts";
import { PcapWriter } from "../../../result/pcap.ts";
import { PcapngWriter } from "../../../result/pcapng.ts";
import type { ObserveSink, OpenedCapture } from "../../../run/observe_run.ts";
import type { Form, OpenForm } from "./form.ts";
import type { ObserveCommandOptions } from "./options.ts";
import { type StatisticsOutput, statisticsOutput } from "./statistics_output.ts";

/** Everything that `spider observe` writes besides standard error. */
export class ObserveOutputs implements ObserveSink {
  readonly #forms: Form[] = [];
  readonly #packets: PcapWriter | PcapngWriter | null = null;
  readonly #statistics: StatisticsOutput | null = null;

  /**
   * Opens all that was asked for.
   *
   * @param opened what is known of the capture
   * @param inputs files that are being read, and so must not be emptied
   * @throws {Failure} when one cannot be written
   */
  constructor(
    options: ObserveCommandOptions,
    forms: readonly OpenForm[],
    { fields, seenOn }: OpenedCapture,
    inputs: readonly string[],
  ) {
    const { stdout } = options;
    try {
      for (const open of forms) this.#forms.push(open(fields, inputs));
      if (options.write !== undefined) {
        const file = fileOrStream(options.write, stdout);
        this.#packets = isPcapng(options.write)
          ? new PcapngWriter(file, inputs)
          : new PcapWriter(file, inputs, seenOn);
      }
      if (options.stats !== undefined) {
        this.#statistics = statisticsOutput(options.stats, stdout, inputs);
      }
    } catch (error) {
      this.close().catch(() => {}); // the first error is the one to tell
      throw error;
    }
  }

  /** Takes flow records. */
  readonly records: RecordSink = (lines) => {
    for (const form of this.#forms) form.records(lines);
  };

  /** Waits until records should come; null when they should now. */
  room(stop: AbortSignal): Promise<void> | null {
    const waits = this.#forms.map((form) => form.room(stop)).filter((wait) => wait !== null);
    return waits.length === 0 ? null : Promise.all(waits).then(() => {});
  }

  /** Takes the packets that were observed; undefined when they are not requested. */
  get packets(): PacketSink | undefined {
    const file = this.#packets;
    return file === null ? undefined : (packets) => file.write(packets);
  }

  /** Writes what comes after the last record, and all that waits. */
  async end(): Promise<void> {
    for (const form of this.#forms) await form.end();
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
    const closed = await Promise.allSettled([
      ...[this.#statistics, this.#packets].map(async (output) => await output?.close()),
      ...this.#forms.map((form) => form.close()),
    ]);
    for (const outcome of closed) if (outcome.status === "rejected") throw outcome.reason;
  }
}

/** Whether packets are to be kept as pcapng, by the file's name. */
export function isPcapng(path: string): boolean {
  return path.endsWith(".pcapng");
}
