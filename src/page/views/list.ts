import { worstOf } from "../conditions.ts";
import { useAnswer } from "../ask.ts";
import { html } from "../html.ts";
import { Condition } from "../parts/condition.ts";
import { Nothing, ProblemNotice, Waiting } from "../parts/notice.ts";
import { StateBadge } from "../parts/state.ts";
import { hashOf } from "../location.ts";
import type { Measurement, Session } from "../records.ts";
import { allows } from "../session.ts";
import { count, counted, share, time } from "../words.ts";

/** How often it is looked for changes, in milliseconds. */
const EVERY = 3000;
const MOST = 100;

/** The last measurements. */
export function ListView({ session }: { readonly session: Session }) {
  const { value, problem } = useAnswer<{ readonly measurements: readonly Measurement[] }>(
    `/measurements?limit=${MOST}`,
    EVERY,
  );
  return html`<div class="title"><h1>Measurements</h1>
      ${
    allows(session, "measure") &&
    html`<a class="button main" href=${hashOf(["new"])}>New measurement</a>`
  }
    </div>
    <${ProblemNotice} problem=${problem} />
    ${
    value === null
      ? problem === null && html`<${Waiting} />`
      : value.measurements.length === 0
      ? html`<${Nothing}>Nothing was measured from here yet.</${Nothing}>`
      : html`
        <div class="scroll" tabindex="0" role="region" aria-label="Measurements">
          <table>
            <thead>
              <tr>
                <th scope="col">Measurement</th>
                <th scope="col" class="extra">Spider</th>
                <th scope="col">State</th>
                <th scope="col" class="number extra">Targets</th>
                <th scope="col" class="number extra">Results</th>
                <th scope="col">Most notable</th>
                <th scope="col" class="extra">Asked for (UTC)</th>
              </tr>
            </thead>
            <tbody>${value.measurements.map((one) =>
              html`<${Row} key=${one.id} one=${one} />`
            )}</tbody>
          </table>
        </div>
              ${value.measurements.length === MOST &&
                html`<p class="muted">The last ${counted(MOST, "measurement")}.</p>`}
      `
  }`;
}

function Row({ one }: { readonly one: Measurement }) {
  const { id, name, spider, state, targets, results, conditions, created } = one;
  const worst = worstOf(conditions);
  return html`
    <tr>
      <th scope="row"><a href=${hashOf(["measurements", id])}>${name ?? id.slice(0, 8)}</a></th>
      <td class="extra">${spider}</td>
      <td>
        <${StateBadge} state=${state} />
      </td>
      <td class="number extra">${state === "running"
        ? `${count(targets.done)} of ${count(targets.all)}`
        : count(targets.all)}</td>
      <td class="number extra">${count(results)}</td>
      <td>${worst !== null &&
        html`<${Condition} name=${worst} /> <span class="muted">${
          share(conditions[worst]!, results)
        }</span>`}</td>
      <td class="time extra">${time(created)}</td>
    </tr>
  `;
}
