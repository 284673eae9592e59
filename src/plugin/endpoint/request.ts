import type { EndpointMethod, EndpointRequest } from "../../contract/endpoint.ts";
import { Failure } from "../../host/failure.ts";

/** What a request to an endpoint is made of. */
export interface RequestParts extends Pick<EndpointRequest, "path" | "client" | "signal" | "body"> {
  readonly method: EndpointMethod;
  readonly query: Iterable<readonly [string, string]>;
  readonly headers: Iterable<readonly [string, string]>;
}

/**
 * A request as an endpoint gets it.
 *
 * @throws {Failure} for a path whose escapes are none
 */
export function endpointRequest(
  { query: parameters, headers, ...parts }: RequestParts,
): EndpointRequest {
  const query: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of parameters) {
    const before = query[name];
    query[name] = before === undefined
      ? value
      : Array.isArray(before)
      ? [...before, value]
      : [before, value];
  }
  const { body } = parts;
  const isObject = typeof body === "object" && body !== null && !Array.isArray(body) &&
    !(body instanceof Uint8Array);
  return {
    ...parts,
    segments: parts.path === "" ? [] : parts.path.split("/").map(decoded),
    query,
    headers: bare(headers),
    data: bare([...Object.entries(query), ...isObject ? Object.entries(body) : []]),
  };
}

/** An object without a prototype; of values of one name it has the last. */
function bare<Value>(entries: Iterable<readonly [string, Value]>): Readonly<Record<string, Value>> {
  const object: Record<string, Value> = Object.create(null);
  for (const [name, value] of entries) object[name] = value;
  return object;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new Failure(`the path has the escape of no character in ${segment}`);
  }
}
