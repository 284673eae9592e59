import type { HttpEndpoint } from "../../contract/endpoint.ts";
import type { EndpointFacts } from "./endpoint_host.ts";

/** What an endpoint says of itself, with what is usual. */
export function factsOf(
  { name, version, summary, methods = ["GET"], scope = "read", limits = {} }: HttpEndpoint,
): EndpointFacts {
  return { name, version, summary, methods, scope, limits };
}
