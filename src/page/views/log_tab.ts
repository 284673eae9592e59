import { html } from "../html.ts";
import type { Told } from "../live.ts";
import { Nothing } from "../parts/notice.ts";
import { time } from "../words.ts";

/** What a measurement has told. */
export function LogTab({ told }: { readonly told: readonly Told[] }) {
  if (told.length === 0) return html`<${Nothing}>It has told nothing yet.</${Nothing}>`;
  return html`<ol class="log" role="log" aria-label="Log" tabindex="0">${
    told.map(({ time: at, level, text }, key) =>
      html`<li key=${key} class=${level}><time>${time(at)}</time> ${
        level === "info" ? "" : html`
          <strong>${level}</strong>
        `
      }${text}</li>`
    )
  }</ol>`;
}
