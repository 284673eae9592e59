import { jsonText } from "../../../host/json_text.ts";
import { fileOrStream, type OutputStream } from "../../../host/streams.ts";
import type { Statistics } from "../../../observe/statistics.ts";
import { OutputFile } from "../../../result/output_file.ts";
import { ReplacedFile } from "../../../result/replaced_file.ts";

/** Where statistics go. */
export interface StatisticsOutput {
  /** Whether they are to be told while packets are observed too. */
  readonly isLive: boolean;
  /** Takes them; those that were told last are the ones that stay. */
  report(statistics: Statistics): void | Promise<void>;
  close(): void;
}

/** Whether Prometheus is to read a file: the textfile collector of its node_exporter wants that name. */
function isPrometheus(path: string): boolean {
  return path.endsWith(".prom");
}

/**
 * Opens the file for the statistics, in the form that its name says.
 *
 * @param inputs files that are being read, and so must not be emptied
 * @throws {Failure} when it cannot be written
 */
export function statisticsOutput(
  path: string,
  stdout: OutputStream,
  inputs: readonly string[],
): StatisticsOutput {
  if (isPrometheus(path)) return new PrometheusOutput(new ReplacedFile(path, inputs));
  const file = OutputFile.open(fileOrStream(path, stdout), inputs);
  return {
    isLive: false,
    report: (statistics) => file.write(encode(jsonText(statistics, 2) + "\n")),
    close: () => file.close(),
  };
}

class PrometheusOutput implements StatisticsOutput {
  readonly isLive = true;
  readonly #file: ReplacedFile;
  #told = 0;
  #written = 0;

  constructor(file: ReplacedFile) {
    this.#file = file;
  }

  async report(statistics: Statistics): Promise<void> {
    const told = ++this.#told;
    const { prometheusText } = await import("../../../observe/prometheus.ts");
    const text = await prometheusText(statistics);
    if (told < this.#written) return; // later ones were quicker
    this.#written = told;
    this.#file.replace(encode(text));
  }

  close(): void {}
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
