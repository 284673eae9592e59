import { html } from "../html.ts";
import { count } from "../words.ts";
import { valueIn } from "./field.ts";

/** Chooses one of the conditions that came out. */
export function ConditionSelect({ conditions, chosen, choose }: {
  readonly conditions: Readonly<Record<string, number>>;
  readonly chosen: string;
  readonly choose: (condition: string) => void;
}) {
  return html`
    <label for="condition">Condition</label>
    <select id="condition" value=${chosen} onChange=${(event: Event) =>
      choose(valueIn(event))}>${Object.entries(conditions).sort(([a], [b]) => a < b ? -1 : 1).map((
        [name, number],
      ) => html`<option key=${name} value=${name}>${name} (${count(number)})</option>`)}</select>
  `;
}
