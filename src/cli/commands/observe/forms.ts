import type { FlowField } from "../../../contract/flow_field.ts";
import { STANDARD } from "../../../host/standard.ts";
import { Summing } from "../../../observe/summary.ts";
import { CsvLines, parseLines } from "../../../result/csv.ts";
import type { FlowSink } from "../../../result/flow/flow_sink.ts";
import type { ResultWriter } from "../../../result/ndjson.ts";
import { isColoured } from "../../terminal/style.ts";
import { flowSummaryText } from "./flow_summary.ts";
import type { ObserveCommandOptions } from "./options.ts";

/** Addresses that the summary lists. */
const TALKERS = 10;

/** What becomes of flow records. */
export interface Form extends FlowSink {
  /** What was written so far is of no use without an end, which it gets also after an error. */
  readonly needsEnd: boolean;
}

/** Makes a form of flow records that is written by a writer. */
export type MakeForm = (fields: readonly FlowField[], writer: ResultWriter) => Form;

/** The form that was asked for. What few runs need is loaded when one asks for it. */
export async function formOf(options: ObserveCommandOptions): Promise<MakeForm> {
  const { csv, parquet, summary, json, output, stdout } = options;
  if (summary) {
    const colour = output === STANDARD && isColoured(stdout);
    return (_, writer) => summed(writer, json, colour);
  }
  if (csv) return (fields, writer) => columns(fields.map(({ name }) => name), writer);
  if (parquet) {
    const { ParquetFlows } = await import("../../../result/flow/parquet_flows.ts");
    return (fields, writer) => lasting(new ParquetFlows(fields, (some) => writer.writeBytes(some)));
  }
  return (_, writer) => ({
    records: (lines) => writer.writeBytes(lines),
    needsEnd: false,
    end() {},
  });
}

function columns(names: readonly string[], writer: ResultWriter): Form {
  const lines = new CsvLines(names);
  writer.writeBytes(lines.header);
  return { records: (some) => writer.writeBytes(lines.of(some)), needsEnd: false, end() {} };
}

/** A form that ends with what it cannot be read without. */
function lasting(sink: FlowSink): Form {
  return { needsEnd: true, records: (lines) => sink.records(lines), end: () => sink.end() };
}

function summed(writer: ResultWriter, json: boolean, colour: boolean): Form {
  const summing = new Summing();
  return {
    needsEnd: false,
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
