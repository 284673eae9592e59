import type { Config } from "../config/schema.ts";
import { ProblemError } from "./problem.ts";

/** Methods that change nothing (RFC 9110, section 9.2.1). */
const SAFE: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);
const HEADERS = "Authorization, Content-Type, Last-Event-ID, X-API-Key, X-Custom-Auth";
const METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";

/**
 * What pages of an origin may be told, as headers of the answer; none for a request that names no origin,
 * or is from a page of this server.
 *
 * @throws {ProblemError} 403 where a page of another origin would change something
 */
export function originHeaders(
  request: Request,
  { origins }: Config["access"],
): Readonly<Record<string, string>> {
  const origin = request.headers.get("origin");
  const vary = { vary: "Origin" };
  if (origin === null || origin === new URL(request.url).origin) return vary;
  if (origins !== false && origins.includes(origin)) {
    return {
      ...vary,
      "access-control-allow-origin": origin,
      "access-control-allow-credentials": "true",
      "access-control-expose-headers": "Link, Location, Retry-After, Total-Count",
    };
  }
  if (SAFE.has(request.method)) return vary;
  throw new ProblemError(403, `pages of ${origin} may not ask this server: see access.origins`);
}

/** What a browser asks before a request of a page; null where this is no such question. */
export function preflight(
  request: Request,
  allowed: Readonly<Record<string, string>>,
): Response | null {
  if (request.method !== "OPTIONS" || !request.headers.has("access-control-request-method")) {
    return null;
  }
  if (allowed["access-control-allow-origin"] === undefined) {
    throw new ProblemError(403, "pages of this origin may not ask this server: see access.origins");
  }
  return new Response(null, {
    status: 204,
    headers: {
      ...allowed,
      "access-control-allow-methods": METHODS,
      "access-control-allow-headers": HEADERS,
      "access-control-max-age": "600",
    },
  });
}
