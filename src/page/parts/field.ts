import type { VNode } from "preact";
import { html } from "../html.ts";

/** A field of a form with its label, what it means, and what is wrong with it. */
export function Field({ id, label, hint, problem, children }: {
  readonly id: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly problem?: string | undefined;
  /** Makes the control, by what it is to be told of. */
  readonly children: (described: Described) => VNode;
}) {
  const described = {
    id,
    ...(hint === undefined && problem === undefined ? {} : { "aria-describedby": `${id}-about` }),
    ...(problem === undefined ? {} : { "aria-invalid": "true" }),
  };
  return html`<div class="field">
    <label for=${id}>${label}</label>
    ${children(described)}
    ${
    (hint !== undefined || problem !== undefined) && html`<p id="${id}-about" class="hint">
      ${problem !== undefined && html`<strong class="wrong">${problem}. </strong>`}${hint}</p>`
  }
  </div>`;
}

/** What a control is given, so that its label and its hint belong to it. */
export type Described = Readonly<Record<string, string>>;

/** What someone has typed or chosen. */
export function valueIn(event: Event): string {
  return (event.currentTarget as HTMLInputElement).value;
}
