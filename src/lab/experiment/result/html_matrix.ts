import type { TestReport } from "../../../contract/experiment_report.ts";
import { signed } from "./html_parts.ts";
import { type Markup, markup, NOTHING } from "./markup.ts";
import type { TestVerdicts, VerdictTable } from "./verdict_table.ts";
import { secondsText, verdictText, worstOf } from "./words.ts";

/** Where on the page the details of a test are. */
export type Anchors = ReadonlyMap<TestReport, string>;

/** What a test came to at each place of its matrix, each with a link to its details. */
export function verdictSection(
  { test, common, reports, table }: TestVerdicts,
  anchors: Anchors,
): Markup {
  return markup`<section>
<h3>${test}</h3>
${common.length === 0 ? NOTHING : markup`<p class="note">All with ${common.join(", ")}</p>`}
<div class="wide" role="region" aria-label="Verdicts of ${test}" tabindex="0">
${table === null ? listOf(reports, anchors) : matrixOf(table, anchors)}
</div>
</section>`;
}

function matrixOf({ axis, columns, rows }: VerdictTable, anchors: Anchors): Markup {
  return markup`<table>
<thead><tr><th scope="col">${axis}</th>${
    columns.map((column) => markup`<th scope="col">${column}</th>`)
  }</tr></thead>
<tbody>
${
    rows.map(({ value, places }) =>
      markup`<tr><th scope="row">${value}</th>${
        places.map((reports) => verdictCell(reports, anchors))
      }</tr>`
    )
  }
</tbody>
</table>`;
}

function listOf(reports: readonly TestReport[], anchors: Anchors): Markup {
  return markup`<table>
<thead><tr><th scope="col">test</th><th scope="col">verdict</th><th scope="col">time</th></tr></thead>
<tbody>
${
    reports.map((report) =>
      markup`<tr><th scope="row">${report.id}</th>${verdictCell([report], anchors)}<td>${
        secondsText(report.seconds)
      }</td></tr>`
    )
  }
</tbody>
</table>`;
}

function verdictCell(reports: readonly TestReport[], anchors: Anchors): Markup {
  const worst = worstOf(reports);
  if (worst === null) return markup`<td>left out</td>`;
  return markup`<td class="verdict ${worst.state}"><a href="#${anchors.get(worst)!}">${
    signed(worst.state, verdictText(reports))
  }</a></td>`;
}
