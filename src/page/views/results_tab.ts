import { useEffect, useState } from "preact/hooks";
import { html } from "../html.ts";
import { ConditionBars } from "../parts/bars.ts";
import { valueIn } from "../parts/field.ts";
import { Nothing } from "../parts/notice.ts";
import { go } from "../navigation.ts";
import { hashOf } from "../location.ts";
import type { Measurement, Result } from "../records.ts";
import { Details } from "../table/details.ts";
import { ResultsTable } from "../table/results_table.ts";

const FORMATS = ["ndjson", "csv", "parquet"] as const;

/** Conditions as bars, and the results that have the chosen one as a table. */
export function ResultsTab({ value, query, meanings, results }: {
  readonly value: Measurement;
  /** What chooses results: `condition`, `prefix`, `run`, `sort`. */
  readonly query: Readonly<Record<string, string>>;
  readonly meanings: Readonly<Record<string, string>>;
  /** How many there are now. */
  readonly results: number;
}) {
  const [opened, setOpened] = useState<Result | null>(null);
  const { condition = "", prefix = "", run = "", sort = "order" } = query;
  const [typed, setTyped] = useState(prefix);
  useEffect(() => setTyped(prefix), [prefix]);
  const set = (more: Readonly<Record<string, string>>) =>
    go(hashOf(["measurements", value.id, "results"], { ...query, ...more }), true);
  const path = `/measurements/${value.id}/results`;
  const filter = new URLSearchParams(
    Object.entries({ condition, prefix, run }).filter(([, one]) => one !== ""),
  ).toString();
  const chosen = filter === "" ? path : `${path}?${filter}`;
  const isAll = filter === "";
  return html`<div class="split">
    <section class="side" aria-label="Conditions">
      ${
    value.results === 0 ? html`<${Nothing}>No results yet.</${Nothing}>` : html`
      <${ConditionBars} conditions=${value.conditions} results=${value.results} meanings=${meanings}
        chosen=${condition} choose=${(name: string) => set({ condition: name })} />
    `
  }
    </section>
    <section class="rest" aria-label="Results of targets">
      <form class="filters" onSubmit=${(event: Event) => {
    event.preventDefault();
    set({ prefix: typed.trim() });
  }}>
        <label class="unseen" for="filter-prefix">Address or prefix</label>
        <input id="filter-prefix" type="search" placeholder="Address or prefix" value=${typed} size="20"
          class="mono" autocomplete="off" spellcheck=${false}
          onInput=${(event: Event) => setTyped(valueIn(event))} />
        ${
    value.run > 1 && html`
      <label class="unseen" for="filter-run">Run</label>
      <input id="filter-run" type="number" min="1" max=${value.run} placeholder="All runs"
        value=${run}
        onChange=${(event: Event) => set({ run: valueIn(event) })} />
    `
  }
        <button>Filter</button>
        ${
    !isAll && html`<button type="button" onClick=${() =>
      set({ condition: "", prefix: "", run: "" })}>Show all</button>`
  }
        <span class="downloads">Download ${
    FORMATS.map((format) =>
      html`
        <a key=${format} download="${value.id}.${format}"
          href="${chosen}${isAll ? "?" : "&"}format=${format}">${format}</a>
      `
    )
  }</span>
      </form>
      ${
    condition !== "" &&
    html`<p class="chosen">With <strong>${condition}</strong>${
      meanings[condition] === undefined ? "" : `: ${meanings[condition]}`
    }</p>`
  }
      <${ResultsTable} path=${chosen} version=${results} sort=${sort} open=${setOpened}
        setSort=${(one: string) => set({ sort: one })} />
    </section>
    ${opened !== null && html`<${Details} result=${opened} close=${() => setOpened(null)} />`}
  </div>`;
}
