import { html } from "../html.ts";
import type { State } from "../records.ts";

const TONES: Readonly<Record<State, string>> = {
  scheduled: "plain",
  queued: "plain",
  running: "live",
  completed: "good",
  failed: "bad",
  stopped: "warn",
};

/** What has become of a measurement. */
export function StateBadge({ state }: { readonly state: State }) {
  return html`<span class="badge ${TONES[state]}">${state}</span>`;
}
