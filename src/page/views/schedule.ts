import { useAnswer } from "../ask.ts";
import { html } from "../html.ts";
import { Nothing, ProblemNotice, Waiting } from "../parts/notice.ts";
import { StateBadge } from "../parts/state.ts";
import { hashOf } from "../location.ts";
import type { Planned } from "../records.ts";
import { count, scheduleText, time } from "../words.ts";

const EVERY = 5000;

/** What is made when. */
export function ScheduleView() {
  const { value, problem } = useAnswer<{ readonly schedule: readonly Planned[] }>(
    "/schedule",
    EVERY,
  );
  return html`<h1>Schedule</h1>
    <${ProblemNotice} problem=${problem} />
    ${
    value === null
      ? problem === null && html`<${Waiting} />`
      : value.schedule.length === 0
      ? html`<${Nothing}>Nothing is planned.</${Nothing}>`
      : html`
        <div class="scroll" tabindex="0" role="region" aria-label="Schedule">
          <table>
            <thead>
              <tr>
                <th scope="col">Measurement</th>
                <th scope="col">Spider</th>
                <th scope="col">State</th>
                <th scope="col">When</th>
                <th scope="col" class="number">Run</th>
                <th scope="col">Last (UTC)</th>
                <th scope="col">Next (UTC)</th>
              </tr>
            </thead>
            <tbody>${value.schedule.map(({ id, name, spider, state, schedule, run, last, next }) =>
              html`
                <tr key=${id}>
                  <th scope="row"><a href=${hashOf(["measurements", id])}>${name ??
                    id.slice(0, 8)}</a></th>
                  <td>${spider}</td>
                  <td>
                    <${StateBadge} state=${state} />
                  </td>
                  <td>${scheduleText(schedule ?? {})}</td>
                  <td class="number">${count(run)}</td>
                  <td class="time">${time(last)}</td>
                  <td class="time">${time(next)}</td>
                </tr>
              `
            )}</tbody>
          </table>
        </div>
      `
  }`;
}
