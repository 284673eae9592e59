import type { Hono } from "hono";
import type { ServeEnvironment } from "../http/environment.ts";
import { PAGE_PATHS, pageFile } from "./files.ts";

/**
 * What the page may do: run its own script, look as its own style sheet says, and ask this server; nothing
 * of anybody else (Content Security Policy Level 3).
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS = {
  "Content-Security-Policy": POLICY,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  // Asked for each time whether it is the same, so that a page never speaks with a newer server
  "Cache-Control": "no-cache",
};

/** The page of the vantage point, which asks for all it shows as any other client does. */
export function pageRoutes(app: Hono<ServeEnvironment>): void {
  for (const path of PAGE_PATHS) {
    app.get(path, ({ req }) => {
      const { type, octets, tag } = pageFile(path);
      const headers = { ...HEADERS, "ETag": tag };
      return isKnown(req.header("if-none-match"), tag)
        ? new Response(null, { status: 304, headers })
        : new Response(octets, { headers: { ...headers, "Content-Type": type } });
    });
  }
}

/** Whether a client has a version already; weak tags are the same ones (RFC 9110, section 13.1.2). */
function isKnown(given: string | undefined, tag: string): boolean {
  return (given ?? "").split(",").some((one) => one.trim().replace(/^W\//, "") === tag);
}
