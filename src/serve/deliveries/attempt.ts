import type { HttpResponse } from "../../result/http_request.ts";

/** What an attempt came to. */
export type AttemptEnd =
  | { readonly state: "delivered"; readonly status: number | null }
  | {
    /** Whether it may be tried again. */
    readonly state: "failed" | "hopeless";
    /** The status of the answer; null where there was none. */
    readonly status: number | null;
    /** Why, as a sentence without a full stop. */
    readonly problem: string;
    /** How long the answer asks to wait, in milliseconds; null where it does not. */
    readonly wait: number | null;
  };

/** Statuses of the 4xx that another time may have another answer to (RFC 9110, RFC 8470, RFC 6585). */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);

/** Whether it makes sense to ask again after an answer that was no success. */
export function isPassing(status: number): boolean {
  return status >= 500 || PASSING.has(status);
}

/** An attempt that had an answer which was no success. */
export function refused(
  { status, retryAfter }: Pick<HttpResponse, "status" | "retryAfter">,
  problem: string,
  now: number,
): AttemptEnd {
  return {
    state: isPassing(status) ? "failed" : "hopeless",
    status,
    problem,
    wait: waitOf(retryAfter, now),
  };
}

/** What Retry-After asks for: seconds, or a date (RFC 9110, section 10.2.3). */
function waitOf(text: string | null, now: number): number | null {
  if (text === null) return null;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
