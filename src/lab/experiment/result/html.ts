import type { ExperimentReport } from "../../../contract/experiment_report.ts";
import { testDetails } from "./html_details.ts";
import { verdictSection } from "./html_matrix.ts";
import { dataTable } from "./html_parts.ts";
import { STYLE } from "./html_style.ts";
import { timingSection } from "./html_timings.ts";
import { Markup, markup, NOTHING } from "./markup.ts";
import { verdictsByTest } from "./verdict_table.ts";
import { particulars, summarySentence } from "./words.ts";

/** What the page may load: its own style and drawings, no script, nothing from elsewhere. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/**
 * The report of an experiment as one page, which lies in the results folder, needs nothing beside itself
 * and links to the files there. It is well-formed XML too.
 */
export function reportHtml(report: ExperimentReport): string {
  const { name, description, tests, versions } = report;
  const anchors = new Map(tests.map((test, at) => [test, `test-${at + 1}`]));
  return markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="${new Markup(POLICY)}"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>${name}: report</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<header>
<h1>${name}</h1>
${description === null ? NOTHING : markup`<p>${description}</p>`}
<p>${summarySentence(report)}</p>
<p class="note">${particulars(report)}</p>
</header>
<main>
<h2>Verdicts</h2>
${verdictsByTest(report).map((verdicts) => verdictSection(verdicts, anchors))}
${topologySection(report)}
${timingSection(tests)}
<section>
<h2>Tests</h2>
${tests.map((test) => testDetails(test, anchors.get(test)!))}
</section>
<section>
<h2>Versions</h2>
${dataTable("Versions", ["what", "version"], Object.entries(versions))}
</section>
</main>
</body>
</html>
`.text;
}

function topologySection({ topologies }: ExperimentReport): Markup {
  const drawings = Object.entries(topologies);
  if (drawings.length === 0) return NOTHING;
  return markup`<section>
<h2>Topologies</h2>
${drawings.map(([test, svg]) => drawing(test, svg))}
</section>`;
}

/** As an image a drawing keeps its style to itself, and runs nothing even where it is not our own. */
function drawing(test: string, svg: string): Markup {
  return markup`<figure>
<img alt="The topology of ${test}" src="data:image/svg+xml,${
    encodeURIComponent(svg.toWellFormed())
  }"/>
<figcaption class="note">The topology of ${test}</figcaption>
</figure>`;
}
