import { useState } from "preact/hooks";
import { grouped, partsOf, toneOf } from "../conditions.ts";
import { html } from "../html.ts";
import { count, share } from "../words.ts";

/** Bars of one group that are shown at first. */
const FEW = 6;

/** How many results have each condition: a bar each, which chooses those results. */
export function ConditionBars({ conditions, results, meanings, chosen, choose }: {
  readonly conditions: Readonly<Record<string, number>>;
  readonly results: number;
  /** What conditions mean, by their names. */
  readonly meanings: Readonly<Record<string, string>>;
  readonly chosen: string;
  readonly choose: (condition: string) => void;
}) {
  return html`<div class="bars">${
    grouped(conditions).map(([about, some]) =>
      html`<${Group} key=${about} ...${{
        about,
        some,
        results,
        meanings,
        chosen,
        choose,
      }} />`
    )
  }</div>`;
}

function Group({ about, some, results, meanings, chosen, choose }: {
  readonly about: string;
  readonly some: readonly { readonly name: string; readonly count: number }[];
  readonly results: number;
  readonly meanings: Readonly<Record<string, string>>;
  readonly chosen: string;
  readonly choose: (condition: string) => void;
}) {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? some : some.slice(0, FEW);
  return html`<section class="bar-group">
    <h3>${about === "" ? "conditions" : about}</h3>
    <ul>${
    shown.map(({ name, count: number }) =>
      html`
        <li key=${name}>
          <button type="button" class="bar ${toneOf(name)}" aria-pressed=${name === chosen}
            title=${meanings[name] ?? name} onClick=${() => choose(name === chosen ? "" : name)}>
            <span class="says">${partsOf(name)[1]}</span>
            <span class="number">${count(number)}</span>
            <span class="number muted">${share(number, results)}</span>
            <span class="track" aria-hidden="true"><span class="fill"
                    style=${{
                      width: `${results === 0 ? 0 : number / results * 100}%`,
                    }}></span></span>
          </button>
        </li>
      `
    )
  }</ul>
    ${
    some.length > FEW &&
    html`
      <button type="button" class="link" aria-expanded=${isWhole}
        onClick=${() => setWhole(!isWhole)}>${isWhole
          ? "Show fewer"
          : `Show all ${some.length}`}</button>
    `
  }
  </section>`;
}
