import { resolve } from "node:path";
import type { ExperimentReport } from "../../../../contract/experiment_report.ts";
import { jsonText } from "../../../../host/json_text.ts";
import { reportHtml } from "../../../../lab/experiment/result/html.ts";
import { reportJunit } from "../../../../lab/experiment/result/junit.ts";
import { reportMarkdown } from "../../../../lab/experiment/result/markdown.ts";
import { writeText } from "../../../../result/write_whole.ts";
import type { Context } from "../../../command.ts";
import { reportIn } from "../report_in.ts";
import { reportLines } from "../report_lines.ts";
import type { ReportInvocation } from "./options.ts";
import { overview } from "./overview.ts";

const FORMATS: Readonly<Record<string, (report: ExperimentReport, folder: string) => string>> = {
  text: (report, folder) =>
    `${[...overview(report), ...reportLines(report, resolve(folder))].join("\n")}\n`,
  json: (report) => `${jsonText(report, 2)}\n`,
  md: reportMarkdown,
  html: reportHtml,
  junit: reportJunit,
};

/** Runs `spider experiment report`. */
export async function run(
  { options: { format }, positionals: [folder = ""] }: ReportInvocation,
  { stdout }: Context,
): Promise<number> {
  writeText(stdout, FORMATS[format]!(await reportIn(folder), folder));
  return 0;
}
