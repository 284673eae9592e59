import { counted } from "../../../host/quantity.ts";
import type { LikelyCause, TestReport } from "../../../contract/experiment_report.ts";
import { dataTable, relativeAddress, signed } from "./html_parts.ts";
import { type Markup, markup, NOTHING } from "./markup.ts";
import { fareText, probedLines, secondsText } from "./words.ts";

/** All that is known of one test; it is open where it has failed. */
export function testDetails(test: TestReport, anchor: string): Markup {
  const { id, state, blame, began, seconds, problem } = test;
  return markup`<details${state === "completed" ? NOTHING : markup` open=""`}>
<summary>${id} <span class="verdict ${state}">${signed(state, state)}</span>${
    blame === null ? "" : ` ${blame}`
  }</summary>
<div id="${anchor}">
<p class="note">Began ${began}, took ${secondsText(seconds)}, ${counted(test.targets, "result")}</p>
${problem === null ? NOTHING : markup`<p>${problem}</p>`}
${partsOf(test)}
</div>
</details>`;
}

function partsOf(test: TestReport): Markup[] {
  const { id, expectations, causes, conditions, metrics, wrapped, files } = test;
  return [
    part("Expectations", expectations, (all) =>
      dataTable(
        `Expectations of ${id}`,
        ["expectation", "outcome"],
        all.map((one) => [one.expectation, fareText(one)]),
      )),
    part("Likely causes", causes, (all) =>
      markup`<ol>
${all.map(causeItem)}
</ol>`),
    part(
      "Conditions",
      Object.entries(conditions),
      (all) =>
        dataTable(
          `Conditions of ${id}`,
          ["condition", "results", "of"],
          all.map(([name, count]) => [
            name,
            count,
            test.targets,
          ]),
        ),
    ),
    part(
      "Metrics",
      Object.entries(metrics),
      (all) => dataTable(`Metrics of ${id}`, ["metric", "value"], all),
    ),
    part("On the way", probedLines(test), (all) =>
      markup`<ul>
${all.map((line) => markup`<li>${line}</li>`)}
</ul>`),
    ...Object.entries(wrapped).map(([name, summary]) =>
      part(
        `Summary of ${name}`,
        Object.entries(summary),
        (all) => dataTable(`Summary of ${name} in ${id}`, ["what", "value"], all),
      )
    ),
    part("Files", Object.entries(files), (all) =>
      markup`<ul>
${all.map(([what, path]) => fileItem(what, path))}
</ul>`),
  ];
}

/** A part with its title; nothing where there is nothing to show. */
function part<Entry>(
  title: string,
  entries: readonly Entry[],
  show: (entries: readonly Entry[]) => Markup,
): Markup {
  if (entries.length === 0) return NOTHING;
  return markup`<h4>${title}</h4>
${show(entries)}`;
}

function causeItem({ blame, cause, evidence }: LikelyCause): Markup {
  return markup`<li><strong>${blame}</strong>: ${cause}${
    evidence.length === 0 ? NOTHING : markup`<pre>${evidence.map((line) => markup`${line}`)}</pre>`
  }</li>`;
}

function fileItem(what: string, path: string): Markup {
  const address = relativeAddress(path);
  return markup`<li>${what}: ${
    address === null ? path : markup`<a href="${address}">${path}</a>`
  }</li>`;
}
