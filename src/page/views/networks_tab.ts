import { useAnswer } from "../ask.ts";
import { toneOf, worstOf } from "../conditions.ts";
import { html } from "../html.ts";
import { ConditionSelect } from "../parts/condition_select.ts";
import { Nothing, ProblemNotice, Waiting } from "../parts/notice.ts";
import { go } from "../navigation.ts";
import { hashOf } from "../location.ts";
import type { Grouping, Groups, Measurement } from "../records.ts";
import { count, share } from "../words.ts";

const WORDS: Readonly<Record<Grouping, readonly [button: string, head: string]>> = {
  prefix: ["Prefix", "Prefix"],
  asn: ["AS", "Autonomous system"],
  country: ["Country", "Country"],
};

/** Results by their networks: those first whose share of a condition stands out. */
export function NetworksTab({ value, query }: {
  readonly value: Measurement;
  readonly query: Readonly<Record<string, string>>;
}) {
  const { id, conditions, results } = value;
  const { by = "prefix", run = "" } = query;
  const condition = query.condition ?? worstOf(conditions);
  const asked = new URLSearchParams({
    by,
    condition: condition ?? "",
    ...(run === "" ? {} : { run }),
  });
  const { value: groups, problem } = useAnswer<Groups>(
    condition === null ? null : `/measurements/${id}/groups?${asked}`,
    value.ended === null ? 10_000 : 0,
  );
  const set = (more: Readonly<Record<string, string>>) =>
    go(
      hashOf(["measurements", id, "networks"], { condition: condition ?? "", by, run, ...more }),
      true,
    );
  if (condition === null || results === 0) return html`<${Nothing}>No results yet.</${Nothing}>`;
  return html`
    <div class="filters">
      <${ConditionSelect} conditions=${conditions} chosen=${condition}
        choose=${(name: string) => set({ condition: name })} />
      <span class="choice" role="group" aria-label="Group by">${(groups?.offered ?? ["prefix"]).map(
        (one) =>
          html`
            <button type="button" key=${one} aria-pressed=${one === by}
              onClick=${() => set({ by: one })}>${WORDS[one][0]}</button>
          `,
      )}</span>
    </div>
        <${ProblemNotice} problem=${problem} />
        ${groups === null ? problem === null && html`<${Waiting} />` : html`
          <p
            class="muted">${count(groups.having)} of ${count(groups.results)} results (${share(
              groups.having,
              groups.results,
            )})${value.run > 1 ? ` of run ${groups.run}` : ""} have it. Of ${count(
              groups.count,
            )} ${groups.by === "prefix"
              ? "prefixes (/24, /48)"
              : "groups"}, those first whose share stands out most.</p>
          <div class="scroll" tabindex="0" role="region" aria-label="Networks">
            <table class="groups">
              <thead>
                <tr>
                  <th scope="col">${WORDS[groups.by][1]}</th>
                  <th scope="col" class="number extra">With it</th>
                  <th scope="col" class="number extra">Results</th>
                  <th scope="col" class="share">Share</th>
                  <th scope="col">Stands out</th>
                </tr>
              </thead>
              <tbody>${groups.groups.map((group) =>
                html`<${Row} key=${group.group} ...${{ group, groups, id }} />`
              )}</tbody>
            </table>
          </div>
        `}
  `;
}

function Row({ group: { group, name, results, having, stands_out: isOut }, groups, id }: {
  readonly group: Groups["groups"][number];
  readonly groups: Groups;
  readonly id: string;
}) {
  const { by, condition, run } = groups;
  const link = hashOf(["measurements", id, "results"], {
    prefix: group,
    condition,
    run: String(run),
  });
  return html`
    <tr class=${isOut ? "out" : ""}>
      <th scope="row"><span class="mono">${by === "prefix"
        ? html`<a href=${link}>${group}</a>`
        : group === ""
        ? "unknown"
        : group}</span>${name !== null && name !== "" &&
        html`<span class="name">${name}</span>`}</th>
      <td class="number extra">${count(having)}</td>
      <td class="number extra">${count(results)}</td>
      <td class="share"><span class="track" aria-hidden="true"><span class="fill ${toneOf(
        condition,
      )}"
          style=${{
            width: `${having / results * 100}%`,
          }}></span></span><span class="number">${share(having, results)}</span></td>
      <td>${isOut
        ? html`<span class="badge ${toneOf(condition)}">stands out</span>`
        : html`<span class="muted">–</span>`}</td>
    </tr>
  `;
}
