import { useEffect, useState } from "preact/hooks";
import { askLines, Problem } from "../ask.ts";
import { html } from "../html.ts";
import { ConditionSelect } from "../parts/condition_select.ts";
import { Nothing, ProblemNotice, Waiting } from "../parts/notice.ts";
import { PathDrawing } from "../parts/path.ts";
import { go } from "../navigation.ts";
import { hashOf } from "../location.ts";
import type { Measurement, Result } from "../records.ts";
import { counted } from "../words.ts";

/** Paths that are drawn at once. */
const MOST = 24;
const LOCALISED = /\.((changed|dropped|refused)_at|unchanged_to):|\.not_localised$/;

/** The paths of targets whose paths are not clean, with where it happens. */
export function PathsTab({ value, query }: {
  readonly value: Measurement;
  readonly query: Readonly<Record<string, string>>;
}) {
  const found = Object.fromEntries(
    Object.entries(value.conditions).filter(([name]) => LOCALISED.test(name)),
  );
  const [first] = Object.entries(found).sort(([, a], [, b]) => b - a);
  const condition = query.condition ?? first?.[0];
  const { results, problem } = useResults(value, condition);
  if (condition === undefined) {
    return html`<${Nothing}>Nothing was looked for on a path: no target has one that is not clean.</${Nothing}>`;
  }
  return html`
    <div class="filters">
      <${ConditionSelect} conditions=${found} chosen=${condition}
        choose=${(name: string) =>
          go(hashOf(["measurements", value.id, "paths"], { condition: name }), true)} />
    </div>
        <${ProblemNotice} problem=${problem} />
        ${results === null && problem === null && html`<${Waiting} />`}
        ${results !== null && html`
          <p class="muted">${counted(found[condition] ?? 0, "path")}${(found[condition] ?? 0) > MOST
            ? `, ${MOST} of them here`
            : ""}.</p>
          <div class="cards">${results.map((result) =>
            html`
              <section class="card" key=${result.dip} aria-label="Path to ${result.dip}">
                <h3 class="mono">${result.dip}${result.domain !== undefined &&
                  ` (${result.domain})`}</h3>
                <${PathDrawing} result=${result} />
              </section>
            `
          )}</div>
        `}
  `;
}

/** Some results with a condition. */
function useResults({ id, results: count }: Measurement, condition: string | undefined) {
  const [state, setState] = useState<{
    readonly results: readonly Result[] | null;
    readonly problem: Problem | null;
  }>({ results: null, problem: null });
  useEffect(() => {
    if (condition === undefined) return;
    const leave = new AbortController();
    const query = new URLSearchParams({ condition, limit: String(MOST) });
    askLines<Result>(`/measurements/${id}/results?${query}`, { signal: leave.signal })
      .then(({ rows }) => setState({ results: rows, problem: null }))
      .catch((error) => {
        if (leave.signal.aborted) return;
        if (!(error instanceof Problem)) throw error;
        setState({ results: null, problem: error });
      });
    return () => leave.abort();
  }, [id, count, condition]);
  return state;
}
