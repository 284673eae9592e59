import type { Hono } from "hono";
import type { Config } from "../config/schema.ts";
import type { ServeEnvironment } from "../http/environment.ts";

/** The page that tells who measures and how to object, for those who were measured. */
export function aboutRoutes(app: Hono<ServeEnvironment>, config: () => Config): void {
  app.get("/about", (context) => {
    const { about = "This host measures paths through the Internet." } = config().politeness;
    return context.text(`${about}\n`);
  });
}
