import { jsonText } from "../../../host/json_text.ts";
import { fileOrStream, type OutputStream } from "../../../host/streams.ts";
import { OutputFile } from "../../../result/output_file.ts";
import { ownTable } from "../../../result/scan/result_table.ts";
import type { TableForm } from "../../../result/scan/table_form.ts";
import { TableOutput } from "../../../result/scan/table_output.ts";
import { zmapTable } from "../../../result/scan/zmap_table.ts";
import type { RunFiles } from "../../../run/manifest_file.ts";
import { type ScanOutput, scanOutput } from "../../../run/scanning/output.ts";
import { inputsOf, type ScanPlan } from "../../../run/scanning/plan.ts";
import type { ScanInvocation } from "./options.ts";
import { isOwnForm } from "./request.ts";

/** The files that the command line names; without a list there is no input. */
export function filesOf({ options }: ScanInvocation, stdout: OutputStream): RunFiles {
  const { input = "", output, manifest, resume } = options;
  return { input, output, manifest, resume, stdout, asked: options };
}

/** Where results go, in the form that was asked for. */
export function outputOf(
  plan: ScanPlan,
  invocation: ScanInvocation,
  stdout: OutputStream,
): ScanOutput {
  const { options } = invocation;
  const files = filesOf(invocation, stdout);
  const output = scanOutput(plan, files);
  const form = options["output-format"] as TableForm; // its choices are those
  if (isOwnForm(options)) return output;
  const table = options["zmap-fields"] ? zmapTable : ownTable(options["output-flows"]);
  const sink = () =>
    TableOutput.open(fileOrStream(options.output, stdout), table, form, inputsOf(plan));
  return { ...output, sink };
}

/** Writes a report as JSON, whole, to a file that was opened before. */
export function writeReport(file: OutputFile, report: unknown): void {
  try {
    file.write(new TextEncoder().encode(`${jsonText(report, 2)}\n`));
  } finally {
    file.close();
  }
}
