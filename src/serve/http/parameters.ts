import type { Context } from "hono";
import { PARAMETER } from "../keys/carriers.ts";
import type { ServeEnvironment } from "./environment.ts";

/** Parameters of a query, without the key that it may carry. */
export function parametersOf(context: Context<ServeEnvironment>): Record<string, string> {
  const { [PARAMETER]: _, ...parameters } = context.req.query();
  return parameters;
}
