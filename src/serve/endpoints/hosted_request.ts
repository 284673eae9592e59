import {
  ENDPOINT_METHODS,
  type EndpointMethod,
  type EndpointRequest,
} from "../../contract/endpoint.ts";
import { Failure } from "../../host/failure.ts";
import { endpointRequest } from "../../plugin/endpoint/request.ts";
import { parsedJson } from "../http/body.ts";
import { ProblemError } from "../http/problem.ts";
import { HEADERS, PARAMETER } from "../keys/carriers.ts";

/** A request on its way to an endpoint: its body was read. */
export interface HostedRequest {
  readonly method: EndpointMethod;
  /** What follows the route, as it was sent. */
  readonly path: string;
  /** The query, as it was sent, without a question mark. */
  readonly query: string;
  readonly headers: Headers;
  readonly octets: Uint8Array<ArrayBuffer>;
  readonly client: string;
  readonly signal: AbortSignal;
}

/** The method of a request as endpoints know it; null for one that none answers. */
export function methodOf(method: string): EndpointMethod | null {
  const known = method === "HEAD" ? "GET" : method;
  return ENDPOINT_METHODS.find((one) => one === known) ?? null;
}

/**
 * The request as the endpoint gets it.
 *
 * @throws {ProblemError} 400 for a body or a path that is not what it says
 */
export function requestOf(
  { method, path, query, headers, octets, client, signal }: HostedRequest,
): EndpointRequest {
  try {
    return endpointRequest({
      ...{ method, path, client, signal },
      query: [...new URLSearchParams(query)].filter(([name]) => name !== PARAMETER),
      headers: withoutKeys(headers),
      body: bodyOf(headers, octets),
    });
  } catch (error) {
    if (error instanceof Failure) throw new ProblemError(400, error.message);
    throw error;
  }
}

/**
 * The body: JSON, the fields of a form, a text, or octets; null for none.
 *
 * @throws {ProblemError} 400 for what is not JSON though it says so
 */
export function bodyOf(headers: Headers, octets: Uint8Array<ArrayBuffer>): unknown {
  if (octets.length === 0) return null;
  const type = (headers.get("content-type") ?? "").split(";")[0]!.trim().toLowerCase();
  if (type === "application/json" || type.endsWith("+json")) {
    return withoutKey(parsedJson(octets));
  }
  if (type === "application/x-www-form-urlencoded") {
    const fields: Record<string, string> = Object.create(null);
    for (const [name, value] of new URLSearchParams(new TextDecoder().decode(octets))) {
      fields[name] = value;
    }
    return withoutKey(fields);
  }
  return type.startsWith("text/") ? new TextDecoder().decode(octets) : octets;
}

/** The key that a body carries, where it is an object with one. */
export function keyIn(headers: Headers, octets: Uint8Array<ArrayBuffer>): string | undefined {
  const type = headers.get("content-type") ?? "";
  const body: unknown = type.startsWith("application/x-www-form-urlencoded")
    ? Object.fromEntries(new URLSearchParams(new TextDecoder().decode(octets)))
    : /\bjson\b/.test(type) && octets.length > 0
    ? parsedJson(octets)
    : null;
  const key = typeof body === "object" && body !== null && Object.hasOwn(body, PARAMETER)
    ? (body as Record<string, unknown>)[PARAMETER]
    : undefined;
  return typeof key === "string" ? key : undefined;
}

/** Endpoints have no need of the keys of those who ask. */
function withoutKey(body: unknown): unknown {
  if (typeof body === "object" && body !== null && !Array.isArray(body)) {
    delete (body as Record<string, unknown>)[PARAMETER];
  }
  return body;
}

function withoutKeys(headers: Headers): [string, string][] {
  return [...headers].filter(([name]) => name !== "authorization" && !HEADERS.includes(name));
}
