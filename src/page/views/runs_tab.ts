import { useAnswer } from "../ask.ts";
import { changesIn } from "../changes.ts";
import { html } from "../html.ts";
import { Chart } from "../parts/chart.ts";
import { Condition } from "../parts/condition.ts";
import { Nothing, ProblemNotice, Waiting } from "../parts/notice.ts";
import { hashOf } from "../location.ts";
import type { Measurement, Run } from "../records.ts";
import { count, counted, share, time } from "../words.ts";

const EVERY = 10_000;
/** Lines of the chart: those that vary most. */
const MOST_LINES = 6;
/** Runs in the table below it. */
const MOST_ROWS = 50;

/** A measurement over time, run by run, with what has changed. */
export function RunsTab({ value }: { readonly value: Measurement }) {
  const { value: answer, problem } = useAnswer<{ readonly runs: readonly Run[] }>(
    `/measurements/${value.id}/runs?limit=500`,
    value.ended === null ? EVERY : 0,
  );
  if (answer === null) {
    return problem === null ? html`<${Waiting} />` : html`<${ProblemNotice} problem=${problem} />`;
  }
  const { runs } = answer;
  if (runs.length === 0) return html`<${Nothing}>No run has results yet.</${Nothing}>`;
  const changes = changesIn(runs);
  const names = mostVarying(runs);
  const times = runs.map((run) => Date.parse(run.time) / 1000);
  const series = names.map((label) => ({
    label,
    values: runs.map(({ results, conditions }) =>
      results === 0 ? null : (conditions[label] ?? 0) / results
    ),
  }));
  const changed = new Set(changes.map(({ run }) => run));
  return html`
    <h2>Shares of results, run by run</h2>
        <${Chart}
      label="Shares of ${names.join(", ")} in ${counted(runs.length, "run")}; ${counted(
        changes.length,
        "change",
      )} beyond chance, listed below"
      times=${times} series=${series} most=${1} height=${280}
      marks=${[...new Set(changes.map((change) => Date.parse(change.time) / 1000))]}
      text=${(part: number) => share(part, 1)} />
        <h2>Changes beyond chance</h2>
        ${changes.length === 0
          ? html`<${Nothing}>From run to run nothing changed by more than chance.</${Nothing}>`
          : html`
            <div class="scroll" tabindex="0" role="region" aria-label="Changes">
              <table>
                <thead>
                  <tr>
                    <th scope="col">Run</th>
                    <th scope="col">Began (UTC)</th>
                    <th scope="col">Condition</th>
                    <th scope="col" class="number">Before</th>
                    <th scope="col" class="number">Then</th>
                  </tr>
                </thead>
                <tbody>${changes.toSorted((a, b) => b.run - a.run).slice(0, MOST_ROWS).map((
                  { run, time: at, condition, from, to },
                ) =>
                  html`
                    <tr key=${`${run} ${condition}`}>
                      <td><a href=${hashOf(["measurements", value.id, "results"], {
                        run: String(run),
                        condition,
                      })}>${count(run)}</a></td>
                      <td class="time">${time(at)}</td>
                      <td>
                        <${Condition} name=${condition} />
                      </td>
                      <td class="number">${share(from, 1)}</td>
                      <td class="number">${share(to, 1)}</td>
                    </tr>
                  `
                )}</tbody>
              </table>
            </div>
          `}
        <h2>Runs</h2>
        <div class="scroll" tabindex="0" role="region" aria-label="Runs">
      <table>
        <thead>
          <tr>
          <th scope="col">Run</th><th scope="col">Began (UTC)</th><th scope="col" class="number">Results</th>
          ${names.map((name) => html`<th scope="col" class="number" key=${name}>${name}</th>`)}
          <th scope="col">Changed</th></tr>
        </thead>
        <tbody>${runs.toReversed().slice(0, MOST_ROWS).map((
          { run, time: at, results, conditions },
        ) =>
          html`
            <tr
              key=${run}><th scope="row"><a href=${hashOf(["measurements", value.id, "results"], {
                run: String(run),
              })}>${count(run)}</a></th><td class="time">${time(at)}</td><td class="number">${count(
                results,
              )}</td>
                    ${names.map((name) =>
                      html`<td class="number" key=${name}>${
                        share(conditions[name] ?? 0, results)
                      }</td>`
                    )}
                    <td>${changed.has(run) &&
                      html`<span class="badge warn">changed</span>`}</td></tr>
          `
        )}</tbody>
      </table>
    </div>
  `;
}

/** Conditions whose shares vary most from run to run. */
function mostVarying(runs: readonly Run[]): string[] {
  const names = new Set(runs.flatMap(({ conditions }) => Object.keys(conditions)));
  const spread = (name: string) => {
    const shares = runs.map(({ conditions, results }) =>
      (conditions[name] ?? 0) / Math.max(results, 1)
    );
    return Math.max(...shares) - Math.min(...shares);
  };
  return [...names].map((name) => [name, spread(name)] as const)
    .sort(([a, most], [b, other]) => other - most || (a < b ? -1 : 1))
    .slice(0, MOST_LINES).map(([name]) => name);
}
