import { useState } from "preact/hooks";
import { ask, Problem, useAnswer } from "../ask.ts";
import { html } from "../html.ts";
import { Nothing, ProblemNotice, Waiting } from "../parts/notice.ts";
import type { Delivery, Measurement } from "../records.ts";
import { count, time } from "../words.ts";

/** How often is looked at what becomes of them, in milliseconds. */
const EVERY = 2000;
/** The newest ones, which are all that are shown. */
const MOST = 100;

/** Whom ends of runs were told, and whom not yet. */
export function DeliveriesTab({ value, mayRetry }: {
  readonly value: Measurement;
  /** Whether the reader may have them tried again. */
  readonly mayRetry: boolean;
}) {
  const path = `/measurements/${value.id}/deliveries`;
  const { value: answer, problem, again } = useAnswer<{ readonly deliveries: readonly Delivery[] }>(
    `${path}?limit=${MOST}`,
    EVERY,
  );
  const [failure, setFailure] = useState<Problem | null>(null);
  const [said, setSaid] = useState("");
  if (answer === null) {
    return problem === null ? html`<${Waiting} />` : html`<${ProblemNotice} problem=${problem} />`;
  }
  const { deliveries } = answer;
  if (deliveries.length === 0) return html`<${Nothing}>No run has ended yet.</${Nothing}>`;
  const retry = async ({ number }: Delivery) => {
    setFailure(null);
    setSaid("");
    try {
      await ask(`${path}/${number}/retry`, { method: "POST" });
      setSaid(`Delivery ${number} is tried again.`);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setFailure(error);
    }
    again();
  };
  return html`
    <${ProblemNotice} problem=${failure ?? problem} />
    <p role="status" class="said">${said}</p>
    <div class="scroll" tabindex="0" role="region" aria-label="Deliveries">
      <table>
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col">To</th>
            <th scope="col" class="number">Run</th>
            <th scope="col" class="number">Tries</th>
            <th scope="col">Last (UTC)</th>
            <th scope="col">What came of it</th>
            <th scope="col">Next (UTC)</th>
            ${mayRetry && html`
              <th scope="col">Actions</th>
            `}
          </tr>
        </thead>
        <tbody>${deliveries.map((delivery) =>
          html`
            <tr key=${delivery.number}>
              <td>
                <${DeliveryBadge} ...${delivery} />
              </td>
              <th scope="row" class="long">${placeOf(delivery)}</th>
              <td class="number">${count(delivery.run)}</td>
              <td class="number">${count(delivery.attempts)}</td>
              <td class="time">${time(delivery.last?.time)}</td>
              <td class="long">${outcomeOf(delivery)}</td>
              <td class="time">${time(delivery.next)}</td>
              ${mayRetry && html`
                <td>
                  ${delivery.state !== "delivered" && html`
                    <button type="button" aria-label="Try again: delivery ${delivery.number}"
                      onClick=${() => retry(delivery)}>Try again</button>
                  `}
                </td>
              `}
            </tr>
          `
        )}</tbody>
      </table>
    </div>
    ${deliveries.length === MOST && html`
      <p class="muted">The newest ${count(MOST)}; older ones are at <code>${path}</code>.</p>
    `}
  `;
}

function DeliveryBadge({ state, attempts }: Delivery) {
  const [tone, text] = state === "delivered"
    ? ["good", "delivered"]
    : state === "given_up"
    ? ["bad", "given up"]
    : attempts === 0
    ? ["plain", "waiting"]
    : ["warn", "tried again later"];
  return html`<span class="badge ${tone}">${text}</span>`;
}

function placeOf({ webhook, observatory }: Delivery): string {
  return webhook ?? `observatory ${observatory}`;
}

/** What the last try came to. */
function outcomeOf({ last }: Delivery): string {
  if (last === null) return "–";
  return last.problem ?? (last.status === null ? "–" : `answered with ${last.status}`);
}
