import { partsOf, toneOf } from "../conditions.ts";
import { html } from "../html.ts";

/** A condition, with a dot that has its tone; its own words are what matters, and stand out. */
export function Condition({ name }: { readonly name: string }) {
  const [about, says] = partsOf(name);
  return html`<span class="condition ${toneOf(name)}"><i class="dot" aria-hidden="true"></i><span
      class="about">${
    about === "" ? "" : `${about}.`
  }</span><span class="says">${says}</span></span>`;
}
