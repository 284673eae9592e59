import type { Hono } from "hono";
import type { ServeEnvironment } from "./environment.ts";

/** Patterns of the parts of a path that stand for anything. */
const ANY = /^:\w+(\{.*\})?$/;

/** Methods that an app answers at a path, for one that it does not; empty where there is nothing. */
export function allowedMethods(app: Hono<ServeEnvironment>, path: string): readonly string[] {
  const parts = path.split("/");
  const methods = app.routes.flatMap(({ method, path: route }) => {
    const wanted = route.split("/");
    const isThere = method !== "ALL" && wanted.length === parts.length &&
      wanted.every((part, at) => part === parts[at] || ANY.test(part));
    return isThere ? method === "GET" ? ["GET", "HEAD"] : [method] : [];
  });
  return [...new Set(methods)];
}
