import { useEffect, useRef, useState } from "preact/hooks";
import { askLines, Problem } from "../ask.ts";
import type { Result } from "../records.ts";

/** Rows that are asked for at once. */
const PAGE = 100;
/** Pages that are kept. */
const MOST = 60;
/** How long to scroll on before rows are asked for, in milliseconds. */
const PATIENCE = 60;

/** Rows of a table that is too long to have all of them. */
export interface Pages {
  /** How many rows there are; null when it is not known yet. */
  readonly total: number | null;
  readonly problem: Problem | null;
  /** A row, if it is here. */
  readonly row: (at: number) => Result | undefined;
}

/**
 * The rows of results that are in view, asked for by their places as they come into it.
 *
 * @param path of the results, with what chooses and orders them
 * @param version another one when there may be other rows in the same places
 */
export function usePages(path: string, version: number, first: number, end: number): Pages {
  const pages = useRef(
    new Map<number, { readonly rows: readonly Result[]; readonly version: number }>(),
  );
  const asking = useRef(new Map<number, AbortController>());
  const [state, setState] = useState<{
    readonly path: string;
    readonly total: number | null;
    readonly problem: Problem | null;
  }>({ path, total: null, problem: null });
  const [, redraw] = useState(0);
  useEffect(() => () => {
    for (const one of asking.current.values()) one.abort();
    asking.current.clear();
    pages.current.clear();
  }, [path]);
  const [from, to] = [Math.floor(first / PAGE), Math.floor(Math.max(first, end - 1) / PAGE)];
  useEffect(() => {
    for (const [page, one] of asking.current) {
      if (page >= from && page <= to) continue;
      one.abort();
      asking.current.delete(page);
    }
    const wanted = range(from, to).filter((page) =>
      pages.current.get(page)?.version !== version && !asking.current.has(page)
    );
    if (wanted.length === 0) return;
    // The first ones at once; who scrolls by fast wants none of what he passes
    const timer = setTimeout(
      () => wanted.forEach((page) => load(page)),
      pages.current.size === 0 ? 0 : PATIENCE,
    );
    return () => clearTimeout(timer);
  }, [path, version, from, to]);

  const load = async (page: number) => {
    const leave = new AbortController();
    asking.current.set(page, leave);
    const query = `${path.includes("?") ? "&" : "?"}offset=${page * PAGE}&limit=${PAGE}`;
    try {
      const { rows, total } = await askLines<Result>(`${path}${query}`, { signal: leave.signal });
      pages.current.delete(page);
      pages.current.set(page, { rows, version });
      if (pages.current.size > MOST) pages.current.delete(pages.current.keys().next().value!);
      setState({ path, total, problem: null });
      redraw((before) => before + 1);
    } catch (error) {
      if (leave.signal.aborted) return;
      if (!(error instanceof Problem)) throw error;
      setState({ path, total: null, problem: error });
    } finally {
      if (asking.current.get(page) === leave) asking.current.delete(page);
    }
  };

  const isOwn = state.path === path;
  return {
    total: isOwn ? state.total : null,
    problem: isOwn ? state.problem : null,
    row: (at) => isOwn ? pages.current.get(Math.floor(at / PAGE))?.rows[at % PAGE] : undefined,
  };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}
