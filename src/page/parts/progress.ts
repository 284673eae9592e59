import { html } from "../html.ts";
import { count, share } from "../words.ts";

/** How far something is, as a bar and in numbers. */
export function ProgressBar(
  { done, all, label }: { readonly done: number; readonly all: number; readonly label: string },
) {
  const part = all === 0 ? 0 : Math.min(1, done / all);
  return html`
    <div class="progress">
      <div class="track" role="progressbar" aria-label=${label} aria-valuemin="0"
        aria-valuemax=${all} aria-valuenow=${done} aria-valuetext="${count(done)} of ${count(all)}">
        <div class="fill" style=${{ width: `${part * 100}%` }}></div>
      </div>
      <span class="number">${count(done)} of ${count(all)}<span class="muted"> (${share(
        done,
        all,
      )})</span></span>
    </div>
  `;
}
