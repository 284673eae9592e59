import { html } from "../html.ts";
import { limitsOf, type Typed, usualOf } from "../options.ts";
import type { OptionSchema } from "../records.ts";
import { type Described, Field, valueIn } from "./field.ts";

/** The field of an option of a spider, as its schema says. */
export function OptionField({ name, schema, typed, type, problem }: {
  readonly name: string;
  readonly schema: OptionSchema;
  readonly typed: Typed;
  readonly type: (typed: Typed) => void;
  readonly problem: string | undefined;
}) {
  const id = `option-${name}`;
  const hint = schema.description;
  if (schema.type === "boolean") {
    return html`
      <div class="field tick">
        <input id=${id} type="checkbox" checked=${typed === "" ? schema.default === true : typed}
          onChange=${(event: Event) => type((event.currentTarget as HTMLInputElement).checked)} />
        <label for=${id}>${name}</label>
        <p class="hint">${hint}</p>
      </div>
    `;
  }
  const usual = usualOf(schema);
  const control = (described: Described) => {
    if (schema.enum !== undefined) {
      return html`<select value=${typed} onChange=${(event: Event) =>
        type(valueIn(event))} ...${described}>
        <option value="">${usual === "" ? "not given" : usual}</option>
        ${
        schema.enum.map((one) => html`<option key=${one} value=${one}>${one}</option>`)
      }</select>`;
    }
    const isNumber = schema.type === "integer" || schema.type === "number";
    return html`
      <input type=${isNumber ? "number" : "text"} value=${typed} placeholder=${usual}
        step=${schema.type === "number" ? "any" : undefined} autocomplete="off" spellcheck=${false}
        ...${isNumber ? limitsOf(schema) : {}} onInput=${(event: Event) => type(valueIn(event))}
        ...${described} />
    `;
  };
  const more = schema.type === "array" ? "; several with commas between" : "";
  return html`
    <${Field} id=${id} label=${name} problem=${problem}
      hint=${hint === undefined ? undefined : `${hint}${more}`}>${control}</${Field}>
  `;
}
