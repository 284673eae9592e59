import { useEffect, useRef, useState } from "preact/hooks";

/** What is wrong with one part of a request. */
export interface ProblemPart {
  readonly at: string;
  readonly detail: string;
}

/** An answer that is a problem (RFC 9457), or none at all. */
export class Problem extends Error {
  /** Of HTTP; 0 where no answer came. */
  readonly status: number;
  readonly parts: readonly ProblemPart[];

  constructor(status: number, detail: string, parts: readonly ProblemPart[] = []) {
    super(detail);
    this.status = status;
    this.parts = parts;
  }
}

/** Told when an answer says that a session has ended. */
export const signedOut = new EventTarget();

/**
 * Asks the server.
 *
 * @throws {Problem} for any answer that is not of success
 */
export async function ask(
  path: string,
  { json, isAboutSession = false, ...init }: RequestInit & {
    readonly json?: unknown;
    /** Whether it is asked who the reader is: that there is nobody does not end a session then. */
    readonly isAboutSession?: boolean;
  } = {},
): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(path, {
      ...init,
      ...(json === undefined
        ? {}
        : { body: JSON.stringify(json), headers: { "content-type": "application/json" } }),
    });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new Problem(0, "The server does not answer");
  }
  if (answer.ok) return answer;
  if (answer.status === 401 && !isAboutSession) signedOut.dispatchEvent(new Event("out"));
  const { detail, error, errors } = await answer.json().catch(() => ({}));
  throw new Problem(
    answer.status,
    // What endpoints of plugins say
    detail ?? error ?? `The server answers with ${answer.status}`,
    Array.isArray(errors) ? errors : [],
  );
}

/** The same, with the answer as JSON. */
export async function askJson<T>(path: string, init?: Parameters<typeof ask>[1]): Promise<T> {
  return await (await ask(path, init)).json();
}

/** The same, with lines of JSON, and how many there are of which these are some. */
export async function askLines<T>(
  path: string,
  init?: Parameters<typeof ask>[1],
): Promise<{ readonly rows: readonly T[]; readonly total: number }> {
  const answer = await ask(path, init);
  const lines = (await answer.text()).split("\n").filter((line) => line !== "");
  const total = Number(answer.headers.get("total-count") ?? lines.length);
  return { rows: lines.map((line) => JSON.parse(line)), total };
}

/** What was asked for. */
export interface Answer<T> {
  readonly value: T | null;
  readonly problem: Problem | null;
  /** Asks once more. */
  readonly again: () => void;
}

/**
 * What a path answers, asked for again when the path is another one.
 *
 * @param every also again after so many milliseconds, as long as the page is seen; 0 for never
 */
export function useAnswer<T>(path: string | null, every = 0): Answer<T> {
  const [state, setState] = useState<{
    readonly path: string | null;
    readonly value: T | null;
    readonly problem: Problem | null;
  }>({ path, value: null, problem: null });
  const [count, setCount] = useState(0);
  const shown = useRef(path);
  shown.current = path;
  useEffect(() => {
    if (path === null) return;
    const leave = new AbortController();
    const load = async () => {
      try {
        const value = await askJson<T>(path, { signal: leave.signal });
        setState({ path, value, problem: null });
      } catch (error) {
        if (leave.signal.aborted) return;
        if (!(error instanceof Problem)) throw error;
        setState((before) => ({
          path,
          value: before.path === path ? before.value : null,
          problem: error,
        }));
      }
    };
    load();
    const timer = every === 0
      ? undefined
      : setInterval(() => document.visibilityState === "visible" && load(), every);
    return () => {
      leave.abort();
      clearInterval(timer);
    };
  }, [path, every, count]);
  // What another path has answered is not shown for this one
  const isOwn = state.path === path;
  return {
    value: isOwn ? state.value : null,
    problem: isOwn ? state.problem : null,
    again: () => setCount((before) => before + 1),
  };
}
