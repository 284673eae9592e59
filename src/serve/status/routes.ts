import type { Hono } from "hono";
import type { ServeEnvironment } from "../http/environment.ts";
import { ProblemError } from "../http/problem.ts";
import { requireScope } from "../keys/access.ts";
import type { MeasurementStore } from "../measurements/store.ts";
import type { Metrics } from "./metrics.ts";

/** What answers about the server itself are made of. */
export interface StatusParts {
  readonly store: MeasurementStore;
  /** What it is: name, version, and so on. */
  readonly about: Readonly<Record<string, unknown>>;
  /** When it began, in milliseconds since 1970. */
  readonly since: number;
  /** Whether all of it answers: not before its endpoints are loaded. One that ends takes no connection. */
  readonly isReady: () => boolean;
  readonly metrics: Metrics;
}

/** Whether the server lives, is ready, and what it does. */
export function statusRoutes(app: Hono<ServeEnvironment>, parts: StatusParts): void {
  const { store, about, since, isReady, metrics } = parts;
  app.get("/healthz", (context) => context.json({ status: "ok" }));
  app.get("/readyz", (context) => {
    if (!isReady()) {
      throw new ProblemError(503, "this server is starting: its endpoints are being loaded", {
        headers: { "retry-after": "1" },
      });
    }
    return context.json({ status: "ready" });
  });
  app.get("/metrics", async (context) => {
    requireScope(context.get("caller"), "read");
    context.header("Content-Type", metrics.type);
    return context.body(await metrics.text());
  });
  app.get("/status", (context) => {
    requireScope(context.get("caller"), "read");
    return context.json({
      ...about,
      since: new Date(since).toISOString(),
      measurements: { waiting: store.waiting },
      memory: Deno.memoryUsage().rss,
    });
  });
}
