import { HEADERS, PARAMETER } from "../keys/carriers.ts";
import type { Scope } from "../keys/scope.ts";
import { SESSION_COOKIE } from "../keys/session_cookie.ts";
import type { Json } from "./schemas.ts";

/**
 * What may carry a key, or stand for one.
 *
 * @param isInParameters whether the configuration lets parameters carry keys
 */
export function securitySchemes(isInParameters: boolean): Readonly<Record<string, Json>> {
  const carried = (place: "header" | "query" | "cookie", name: string, description: string) => ({
    ...{ type: "apiKey", in: place, name, description },
  });
  return {
    bearer: { type: "http", scheme: "bearer", description: "a key of this server" },
    ...Object.fromEntries(HEADERS.map((name) => [name, carried("header", name, "the same key")])),
    session: carried("cookie", SESSION_COOKIE, "a log-in, by POST /sessions"),
    ...(isInParameters && { [PARAMETER]: carried("query", PARAMETER, "the same key") }),
  };
}

/** The security of an operation: one of the schemes, with a scope. */
export function securityOf(scope: Scope | null, schemes: Readonly<Record<string, Json>>): Json[] {
  return scope === null ? [] : Object.keys(schemes).map((name) => ({ [name]: [scope] }));
}
