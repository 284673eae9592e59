import type { Problem } from "../ask.ts";
import { html } from "../html.ts";

/** What went wrong, said at once also to who does not see it; nothing where nothing did. */
export function ProblemNotice({ problem }: { readonly problem: Problem | null }) {
  if (problem === null) return null;
  return html`<p class="notice bad" role="alert">${problem.message}.</p>`;
}

/** Stands where something comes. */
export function Waiting() {
  return html`<p class="muted" role="status">Loading…</p>`;
}

/** Stands where nothing is. */
export function Nothing({ children }: { readonly children?: unknown }) {
  return html`<p class="nothing">${children}</p>`;
}
