import type { Hono } from "hono";
import type { Config } from "../config/schema.ts";
import type { Endpoints } from "../endpoints/endpoints.ts";
import type { MountedEndpoint } from "../endpoints/mounted_endpoint.ts";
import type { ServeEnvironment } from "../http/environment.ts";
import { hasScope } from "../keys/scope.ts";
import { openapiDocument } from "./document.ts";
import type { ListedEndpoint } from "./endpoint_paths.ts";

/** What the document is made of. */
export interface DocumentRouteParts {
  readonly endpoints: Endpoints;
  readonly config: () => Config;
}

/** What the server can be asked, for programs. */
export function openapiRoutes(
  app: Hono<ServeEnvironment>,
  { endpoints, config }: DocumentRouteParts,
): void {
  app.get("/openapi.json", async (context) => {
    const { scopes, endpoint } = context.get("caller");
    const mayRead = endpoint === null && hasScope(scopes, "read");
    await endpoints.ready.catch(() => {}); // which is why one may be missing
    const listed = endpoints.all.flatMap(listedOf).filter(({ scope }) =>
      mayRead || scope === "open"
    );
    context.header("Cache-Control", "no-store");
    return context.json(openapiDocument({
      endpoints: listed,
      isKeyInParameters: config().access.keys_in_parameters,
    }));
  });
}

/** As far as it is loaded. */
function listedOf({ planned: { name, route }, facts, scope }: MountedEndpoint): ListedEndpoint[] {
  if (facts === null || scope === null) return [];
  const { summary, methods } = facts;
  return [{ name, route, summary, methods, scope }];
}
