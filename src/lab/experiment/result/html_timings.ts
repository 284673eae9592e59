import { TEST_STATES, type TestState } from "../../../contract/experiment_event.ts";
import type { TestReport } from "../../../contract/experiment_report.ts";
import { type Markup, markup, NOTHING } from "./markup.ts";
import { secondsText } from "./words.ts";

/** Tests whose times are drawn. */
const MOST = 50;
/** Seconds in a state that are worth a word. */
const LEAST = 0.05;

/** How long tests were in each state, as bars, the slowest first. */
export function timingSection(tests: readonly TestReport[]): Markup {
  const slowest = tests.toSorted((one, other) => totalOf(other) - totalOf(one)).slice(0, MOST);
  const longest = totalOf(slowest[0]);
  if (longest === 0) return NOTHING;
  const used = TEST_STATES.filter((state) =>
    slowest.some(({ states }) => (states[state] ?? 0) > 0)
  );
  return markup`<section>
<h2>Timings</h2>
<p class="note">${
    tests.length > MOST ? `The slowest ${MOST} of ${tests.length} tests` : "The slowest test first"
  }; tests that share a network are in the same state together.</p>
<ul class="legend">
${used.map((state) => markup`<li>${swatch(state)} ${nameOf(state)}</li>`)}
</ul>
<ol class="timings">
${slowest.map((test) => timing(test, longest))}
</ol>
</section>`;
}

function timing(test: TestReport, longest: number): Markup {
  const parts = partsOf(test);
  const said = parts.filter(([, seconds]) => seconds >= LEAST)
    .map(([state, seconds]) => `${nameOf(state)} ${secondsText(seconds)}`).join(", ");
  let from = 0;
  const bars = parts.map(([state, seconds]) => {
    const x = from;
    from += seconds / longest * 100;
    return markup`<rect class="${state}" x="${x.toFixed(3)}" width="${
      (from - x).toFixed(3)
    }" height="10"/>`;
  });
  return markup`<li>${test.id}: ${secondsText(totalOf(test))}
<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
${bars}
</svg>
<p class="note">${said}</p></li>`;
}

function swatch(state: TestState): Markup {
  return markup`<svg class="swatch" viewBox="0 0 10 10" aria-hidden="true"><rect class="${state}" width="10" height="10"/></svg>`;
}

function partsOf({ states }: TestReport): [TestState, number][] {
  return TEST_STATES.map((state): [TestState, number] => [state, states[state] ?? 0])
    .filter(([, seconds]) => seconds > 0);
}

function totalOf(test: TestReport | undefined): number {
  return test === undefined ? 0 : partsOf(test).reduce((sum, [, seconds]) => sum + seconds, 0);
}

function nameOf(state: TestState): string {
  return state.replaceAll("_", " ");
}
