/** Titles of statuses, where a problem has no type of its own (RFC 9457, section 4.2.1). */
export const TITLES = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  409: "Conflict",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  421: "Misdirected Request",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
  504: "Gateway Timeout",
  507: "Insufficient Storage",
} as const;

/** A status of answers that are problems. */
export type ProblemStatus = keyof typeof TITLES;

/** What is wrong with one part of a request. */
export interface ProblemPart {
  /** Where: a JSON Pointer into the body (RFC 6901), the name of a parameter, or of a header. */
  readonly in: "body" | "query" | "header" | "path";
  readonly at: string;
  readonly detail: string;
}

/** What a problem says besides its status and its sentence. */
export interface ProblemMore {
  readonly errors?: readonly ProblemPart[];
  /** By which a log tells of it. */
  readonly id?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Ends a request with a problem. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly status: ProblemStatus;
  readonly more: ProblemMore;

  /** @param detail a sentence for who made the request, without a full stop */
  constructor(status: ProblemStatus, detail: string, more: ProblemMore = {}) {
    super(detail);
    this.status = status;
    this.more = more;
  }
}

/** The answer of a problem, as RFC 9457 has it. */
export function problemResponse(
  { status, message, more: { headers, ...more } }: ProblemError,
): Response {
  const body = { type: "about:blank", title: TITLES[status], status, detail: message, ...more };
  return new Response(`${JSON.stringify(body)}\n`, {
    status,
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      ...headers,
    },
  });
}
