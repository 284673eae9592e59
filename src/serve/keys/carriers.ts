import { ProblemError } from "../http/problem.ts";

/** Headers that may carry a key besides `Authorization: Bearer`. */
export const HEADERS: readonly string[] = ["x-api-key", "x-custom-auth"];
/** The parameter of a query or a body that may, where that is switched on. */
export const PARAMETER = "apikey";

/**
 * The key that a request carries; null for none.
 *
 * @param parameters values of its query and its body, where those may carry one
 * @throws {ProblemError} when it carries several that differ, or an `Authorization` of another scheme
 */
export function carriedKey(
  headers: Headers,
  parameters: readonly (string | undefined)[],
): string | null {
  const found = new Set<string>();
  const authorization = headers.get("authorization");
  if (authorization !== null) {
    const [, token] = /^Bearer +([\x21-\x7e]+)$/i.exec(authorization) ?? [];
    if (token === undefined) {
      throw new ProblemError(400, "Authorization takes Bearer and a key", {
        errors: [{ in: "header", at: "Authorization", detail: "is not Bearer and a key" }],
      });
    }
    found.add(token);
  }
  for (const name of HEADERS) found.add(headers.get(name) ?? "");
  for (const value of parameters) found.add(value ?? "");
  found.delete("");
  if (found.size > 1) throw new ProblemError(400, "the request carries several keys that differ");
  const [key = null] = found;
  return key;
}
