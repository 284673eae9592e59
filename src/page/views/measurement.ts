import { useState } from "preact/hooks";
import { ask, Problem, useAnswer } from "../ask.ts";
import { html } from "../html.ts";
import { useLive } from "../live.ts";
import { AskFirst } from "../parts/ask_first.ts";
import { ProblemNotice, Waiting } from "../parts/notice.ts";
import { ProgressBar } from "../parts/progress.ts";
import { StateBadge } from "../parts/state.ts";
import { go } from "../navigation.ts";
import { hashOf } from "../location.ts";
import type { Measurement, Session, Spider } from "../records.ts";
import { allows } from "../session.ts";
import { count, duration, scheduleText, time } from "../words.ts";
import { DeliveriesTab } from "./deliveries_tab.ts";
import { LogTab } from "./log_tab.ts";
import { NetworksTab } from "./networks_tab.ts";
import { PathsTab } from "./paths_tab.ts";
import { ResultsTab } from "./results_tab.ts";
import { RunsTab } from "./runs_tab.ts";

const TABS = [
  ["results", "Results"],
  ["networks", "Networks"],
  ["runs", "Runs"],
  ["paths", "Paths"],
  ["deliveries", "Deliveries"],
  ["log", "Log"],
] as const;

/** A measurement: how far it is, and what came out. */
export function MeasurementView({ id, tab, query, session }: {
  readonly id: string;
  readonly tab: string;
  readonly query: Readonly<Record<string, string>>;
  readonly session: Session;
}) {
  const { value, problem, again, progress, told } = useLive(id);
  const spider = useAnswer<Spider>(
    value === null ? null : `/spiders/${encodeURIComponent(value.spider)}`,
  );
  const [failure, setFailure] = useState<Problem | null>(null);
  if (value === null) {
    return problem === null ? html`<${Waiting} />` : html`<${ProblemNotice} problem=${problem} />`;
  }
  const end = async () => {
    try {
      const { status } = await ask(`/measurements/${id}`, { method: "DELETE" });
      if (status === 204) go(hashOf(["measurements"]), true);
      else again();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setFailure(error);
    }
  };
  const isOver = value.ended !== null;
  const meanings = spider.value?.conditions ?? {};
  const tabs = TABS.filter(([key]) =>
    key === "runs"
      ? value.schedule !== undefined || value.run > 1
      : key === "paths"
      ? value.locate
      : key === "deliveries"
      ? value.deliver.length > 0
      : true
  );
  return html`
    <div class="title">
      <h1>${value.name ?? value.spider} <${StateBadge} state=${value.state} /></h1>
      <div class="actions">
            ${allows(session, "measure") &&
              html`<${AskFirst} label=${isOver ? "Delete" : "Stop"} act=${end} question=${
                isOver
                  ? "Delete this measurement, with all of its results?"
                  : "Stop this measurement? What is in flight is finished; it does not go on later."
              } />`}
          </div>
    </div>
        <${ProblemNotice} problem=${failure ?? problem} />
        ${value.problem !== null &&
          html`<p class="notice bad" role="alert">It failed: ${value.problem}.</p>`}
        <${Facts} value=${value} spider=${spider.value} progress=${progress} />
        <nav class="tabs" aria-label="Parts of the measurement">
      <ul>${tabs.map(([key, label]) =>
        html`<li key=${key}><a href=${hashOf(["measurements", id, key])}
        aria-current=${key === tab ? "page" : undefined}>${label}</a></li>`
      )}</ul>
    </nav>
        ${tab === "networks"
          ? html`<${NetworksTab} value=${value} query=${query} />`
          : tab === "runs"
          ? html`<${RunsTab} value=${value} query=${query} />`
          : tab === "paths"
          ? html`<${PathsTab} value=${value} query=${query} />`
          : tab === "deliveries"
          ? html`<${DeliveriesTab} value=${value} mayRetry=${allows(session, "measure")} />`
          : tab === "log"
          ? html`<${LogTab} told=${told} />`
          : html`<${ResultsTab} ...${{ value, query, meanings }} results=${
            progress?.results ?? value.results
          } />`}
  `;
}

function Facts({ value, spider, progress }: {
  readonly value: Measurement;
  readonly spider: Spider | null;
  readonly progress: { readonly done: number; readonly targets: number } | null;
}) {
  const { targets, started, ended, next, schedule, run, connect, options } = value;
  const done = progress?.done ?? targets.done;
  const set = Object.entries(options).map(([name, one]) => `${name} ${[one].flat().join(", ")}`);
  return html`
    ${ended === null && html`
      <${ProgressBar} done=${done} all=${targets.all} label="Targets that are done" />
    `}
    <dl class="facts">
          <div><dt>Spider</dt><dd title=${spider?.summary}>${value.spider}${connect === undefined
            ? ""
            : ` over ${connect}`}${set.length === 0 ? "" : ` (${set.join("; ")})`}</dd></div>
          <div><dt>Began (UTC)</dt><dd>${time(started)}</dd></div>
          ${ended !== null && html`
            <div>
              <dt>Targets</dt>
              <dd>${value.state === "completed"
                ? count(targets.all)
                : `${count(done)} of ${count(targets.all)}`}</dd>
            </div>
          `}
          ${started !== null && ended !== null && html`
            <div>
              <dt>Took</dt>
              <dd>${duration(started, ended)}</dd>
            </div>
          `}
          ${schedule !== undefined && html`
            <div>
              <dt>Made</dt>
              <dd>${scheduleText(schedule)}</dd>
            </div>
          `}
          ${schedule !== undefined && html`
            <div>
              <dt>Run</dt>
              <dd>${count(run)}</dd>
            </div>
          `}
          ${next !== null && html`
            <div>
              <dt>Next (UTC)</dt>
              <dd>${time(next)}</dd>
            </div>
          `}
          ${targets.skipped > 0 && html`
            <div>
              <dt>Not measured</dt>
              <dd>${count(targets.skipped)}</dd>
            </div>
          `}
        </dl>
  `;
}
