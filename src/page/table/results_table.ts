import { useEffect, useRef, useState } from "preact/hooks";
import { byTone } from "../conditions.ts";
import { html } from "../html.ts";
import { Condition } from "../parts/condition.ts";
import { Nothing, ProblemNotice } from "../parts/notice.ts";
import type { Result } from "../records.ts";
import { count, time } from "../words.ts";
import { usePages } from "./pages.ts";
import { RowWindow } from "./window.ts";

/** Pixels of a row, on a narrow screen with two lines. */
const ROW = { wide: 30, narrow: 50 } as const;
/** Pixels that the table is tall at most; the style sheet has the same. */
const VIEW = 540;
const narrow = matchMedia("(max-width: 640px)");

/** Columns that can be sorted by, with the orders that the server has for them. */
const COLUMNS = [["address", "Target"], [null, "Conditions"], ["order", "Measured (UTC)"]] as const;

/** Results as a table, of which those in view alone are here. */
export function ResultsTable({ path, version, sort, setSort, open }: {
  /** Of the results, with what chooses them. */
  readonly path: string;
  /** Another one when there may be more results. */
  readonly version: number;
  readonly sort: string;
  readonly setSort: (sort: string) => void;
  readonly open: (result: Result) => void;
}) {
  const place = useRef<HTMLDivElement>(null);
  const [scrolled, setScrolled] = useState(0);
  const [isNarrow, setNarrow] = useState(narrow.matches);
  const [current, setCurrent] = useState(-1);
  const sorted = `${path}${path.includes("?") ? "&" : "?"}sort=${sort}`;
  const height = isNarrow ? ROW.narrow : ROW.wide;
  const known = useRef(0);
  const rough = new RowWindow(known.current, height, VIEW);
  const [first, end] = rough.seen(scrolled);
  const { total, problem, row } = usePages(sorted, version, first, Math.max(end, 20));
  known.current = total ?? known.current;
  const rows = new RowWindow(total ?? 0, height, VIEW);
  useEffect(() => {
    const follow = () => setNarrow(narrow.matches);
    narrow.addEventListener("change", follow);
    return () => narrow.removeEventListener("change", follow);
  }, []);
  useEffect(() => {
    if (place.current !== null) place.current.scrollTop = 0;
    known.current = 0;
    setScrolled(0);
    setCurrent(-1);
  }, [sorted]);
  const move = (to: number) => {
    const at = Math.max(0, Math.min((total ?? 0) - 1, to));
    setCurrent(at);
    place.current!.scrollTop = rows.shows(at, place.current!.scrollTop);
  };
  const onKey = (event: KeyboardEvent) => {
    const page = Math.floor(VIEW / height);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: current + 1,
      ArrowUp: current - 1,
      PageDown: current + page,
      PageUp: current - page,
      Home: 0,
      End: (total ?? 0) - 1,
    };
    const to = steps[event.key];
    const chosen = row(current);
    if (to !== undefined) move(to);
    else if (event.key === "Enter" && chosen !== undefined) open(chosen);
    else return;
    event.preventDefault();
  };
  const [from, to] = rows.seen(scrolled);
  const shown = Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at);
  return html`
    <${ProblemNotice} problem=${problem} />
        <div class="results" role="table" aria-label="Results" aria-rowcount=${(total ?? 0) + 1}
      aria-busy=${total === null}>
      <div class="head" role="row" aria-rowindex="1">${COLUMNS.map(([key, label]) =>
        html`
          <div role="columnheader" key=${label}
            aria-sort=${key === null
              ? undefined
              : sort === key
              ? "ascending"
              : sort === `-${key}`
              ? "descending"
              : "none"}>${key === null
              ? label
              : html`<button type="button" class="sort" onClick=${() =>
                setSort(sort === key ? `-${key}` : key)}>${label}<span
              aria-hidden="true">${
                sort === key ? " ↑" : sort === `-${key}` ? " ↓" : ""
              }</span></button>`}</div>
        `
      )}</div>
      <div class="body" ref=${place} tabindex="0" role="rowgroup"
        aria-label="Rows: arrow keys move, Enter opens" onKeyDown=${onKey}
        onScroll=${(event: Event) => setScrolled((event.currentTarget as HTMLElement).scrollTop)}>
        <div class="all" role="presentation" style=${{ height: `${rows.height}px` }}>${shown.map((
          at,
        ) =>
          html`
            <${Row} key=${at} at=${at} result=${row(at)} open=${open}
              isCurrent=${at === current}
              top=${rows.at(at, scrolled)} height=${height} />
          `
        )}</div>
      </div>
    </div>
        <p class="unseen" role="status">${current < 0 ? "" : spoken(current, row(current))}</p>
        ${total === 0 && html`<${Nothing}>No result is like that.</${Nothing}>`}
        <p class="muted number" role="status">${total === null
          ? "Loading…"
          : `${count(total)} results`}</p>
  `;
}

function Row({ at, result, open, isCurrent, top, height }: {
  readonly at: number;
  readonly result: Result | undefined;
  readonly open: (result: Result) => void;
  readonly isCurrent: boolean;
  readonly top: number;
  readonly height: number;
}) {
  const style = { transform: `translateY(${top}px)`, height: `${height}px` };
  return html`
    <div class="row${isCurrent ? " current" : ""}" role="row" aria-rowindex=${at + 2} style=${style}
      onClick=${() => result !== undefined && open(result)}>
      <div role="cell" class="target">${result === undefined
        ? html`<span class="muted">…</span>`
        : html`<button type="button" class="link" tabindex="-1">${targetOf(result)}</button>${
          result.domain !== undefined && result.dip !== undefined &&
          html`
            <span class="muted">${result.domain}</span>
          `
        }`}</div>
      <div role="cell" class="conditions">${byTone(result?.conditions ?? []).map((name) =>
        html`<${Condition} key=${name} name=${name} />`
      )}</div>
      <div role="cell" class="time">${result === undefined ? "" : time(result.time?.from)}</div>
    </div>
  `;
}

/** What a screen reader says of the row that the focus has moved to. */
function spoken(at: number, result: Result | undefined): string {
  if (result === undefined) return `${count(at + 1)}: loading`;
  return `${count(at + 1)}: ${targetOf(result)}, ${byTone(result.conditions ?? []).join(", ")}`;
}

function targetOf({ dip, domain }: Result): string {
  return dip ?? domain ?? "–";
}
