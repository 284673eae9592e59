import type { EndpointMethod, EndpointScope } from "../../contract/endpoint.ts";
import type { Json } from "./schemas.ts";
import { securityOf } from "./security.ts";

/** The tag of endpoints that are plugins. */
export const ENDPOINTS = "endpoints";

/** An endpoint that is loaded. */
export interface ListedEndpoint {
  /** Its key in the configuration. */
  readonly name: string;
  /** Where it answers. */
  readonly route: string;
  readonly summary: string;
  readonly methods: readonly EndpointMethod[];
  readonly scope: EndpointScope;
}

/** Paths of endpoints that are plugins; what they take and answer is known to them alone. */
export function endpointPaths(
  endpoints: readonly ListedEndpoint[],
  security: Readonly<Record<string, Json>>,
): Readonly<Record<string, Json>> {
  return Object.fromEntries(endpoints.map(({ name, route, summary, methods, scope }) => [
    route,
    Object.fromEntries(methods.map((method) => [method.toLowerCase(), {
      operationId: `${name}.${method.toLowerCase()}`,
      summary,
      description: "A plugin, which answers below this path too.",
      tags: [ENDPOINTS],
      security: securityOf(scope === "open" ? null : scope, security),
      responses: { default: { description: "what the plugin answers" } },
    }])),
  ]));
}
