import type { FlowField } from "../../../contract/flow_field.ts";
import { STANDARD } from "../../../host/standard.ts";
import { fileOrStream } from "../../../host/streams.ts";
import { Summing } from "../../../observe/summary.ts";
import { CsvLines, parseLines } from "../../../result/csv.ts";
import type { FlowSink } from "../../../result/flow/flow_sink.ts";
import { ResultWriter } from "../../../result/ndjson.ts";
import { isColoured } from "../../terminal/style.ts";
import { flowSummaryText } from "./flow_summary.ts";
import type { Form, OpenForm } from "./form.ts";
import { type ObserveCommandOptions, outputOf } from "./options.ts";

/** Addresses that the summary lists. */
const TALKERS = 10;

/** The forms that were asked for. What few runs need is loaded when one asks for it. */
export async function formsOf(options: ObserveCommandOptions): Promise<readonly OpenForm[]> {
  const output = outputOf(options);
  const forms: OpenForm[] = [];
  if (output !== null) {
    const contentOf = await contentFor(options, output);
    forms.push((fields, inputs) => {
      const writer = ResultWriter.open(fileOrStream(output, options.stdout), inputs);
      return new WrittenForm(writer, contentOf(fields, writer));
    });
  }
  if (options.collector !== undefined) {
    const { collectorForm } = await import("./collector_form.ts");
    const { collector } = options;
    forms.push((fields) => collectorForm(collector, fields));
  }
  return forms;
}

/** What is written of flow records. */
interface Content extends FlowSink {
  /** What was written so far is of no use without an end, which it gets also after an error. */
  readonly needsEnd?: boolean;
}

type ContentOf = (fields: readonly FlowField[], writer: ResultWriter) => Content;

async function contentFor(options: ObserveCommandOptions, output: string): Promise<ContentOf> {
  const { csv, parquet, ipfix, summary, json, stdout } = options;
  if (summary) {
    const colour = output === STANDARD && isColoured(stdout);
    return (_, writer) => summed(writer, json, colour);
  }
  if (csv) return (fields, writer) => columns(fields.map(({ name }) => name), writer);
  if (parquet) {
    const { ParquetFlows } = await import("../../../result/flow/parquet_flows.ts");
    return (fields, writer) => lasting(new ParquetFlows(fields, (some) => writer.writeBytes(some)));
  }
  if (ipfix) {
    const { ipfixFile } = await import("../../../result/ipfix/ipfix_file.ts");
    return (fields, writer) => lasting(ipfixFile(fields, (some) => writer.writeBytes(some)));
  }
  return (_, writer) => ({ records: (lines) => writer.writeBytes(lines), end() {} });
}

function columns(names: readonly string[], writer: ResultWriter): Content {
  const lines = new CsvLines(names);
  writer.writeBytes(lines.header);
  return { records: (some) => writer.writeBytes(lines.of(some)), end() {} };
}

/** A form that ends with what it cannot be read without. */
function lasting(sink: FlowSink): Content {
  return { needsEnd: true, records: (lines) => sink.records(lines), end: () => sink.end() };
}

function summed(writer: ResultWriter, json: boolean, colour: boolean): Content {
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

/** A form that is written to a file or a stream. */
class WrittenForm implements Form {
  readonly #writer: ResultWriter;
  readonly #content: Content;
  #hasEnded = false;

  constructor(writer: ResultWriter, content: Content) {
    this.#writer = writer;
    this.#content = content;
  }

  records(lines: Uint8Array): void {
    this.#content.records(lines);
  }

  room(stop: AbortSignal): Promise<void> | null {
    return this.#writer.room(stop);
  }

  async end(): Promise<void> {
    this.#hasEnded = true;
    this.#content.end();
    await this.#writer.delivered();
  }

  async close(): Promise<void> {
    try {
      if (!this.#hasEnded && this.#content.needsEnd) this.#content.end();
    } finally {
      await this.#writer.close();
    }
  }
}
