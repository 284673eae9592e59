import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import { PrefixSet } from "../target/prefix.ts";
import type { LookUpName } from "./about/own_names.ts";
import { aboutRoutes } from "./about/routes.ts";
import { prefixes } from "./config/prefixes.ts";
import type { Config } from "./config/schema.ts";
import { DatabaseFailure } from "./database/database.ts";
import { type EndpointParts, endpointRoutes } from "./endpoints/routes.ts";
import { allowedMethods } from "./http/allowed_methods.ts";
import { clientAddress, networkOf } from "./http/client_address.ts";
import type { ServeEnvironment } from "./http/environment.ts";
import { checkHost, isLocal } from "./http/host_check.ts";
import { originHeaders, preflight } from "./http/origins.ts";
import { ProblemError, problemResponse } from "./http/problem.ts";
import { RateLimit } from "./http/rate_limit.ts";
import { Access, type Caller } from "./keys/access.ts";
import { PARAMETER } from "./keys/carriers.ts";
import { type KeyParts, keyRoutes } from "./keys/routes.ts";
import type { SessionStore } from "./keys/sessions.ts";
import type { Log } from "./log.ts";
import { type ListParts, listRoutes } from "./lists/routes.ts";
import { type MeasurementParts, measurementRoutes } from "./measurements/routes.ts";
import { PAGE_PATHS } from "./page/files.ts";
import { openapiRoutes } from "./openapi/routes.ts";
import { pageRoutes } from "./page/routes.ts";
import { type ProbingParts, probingRoutes } from "./probing/routes.ts";
import { spiderRoutes } from "./spiders/routes.ts";
import { type StatusParts, statusRoutes } from "./status/routes.ts";

/** What the server answers with. */
export interface AppParts
  extends EndpointParts, KeyParts, ListParts, MeasurementParts, ProbingParts, StatusParts {
  readonly log: Log;
  readonly sessions: SessionStore;
  /** Looks up the names of this host's addresses; as DNS has them when missing. */
  readonly lookUpName?: LookUpName;
}

/** Paths that anybody may ask for: what a host that measures others owes them, and the empty page. */
const OPEN: ReadonlySet<string> = new Set(["/healthz", "/readyz", "/about", ...PAGE_PATHS]);

/** What answers requests. Configuration that may change is asked for at each. */
export function makeApp(parts: AppParts): Hono<ServeEnvironment> {
  const { keys, sessions, log, config } = parts;
  const app = new Hono<ServeEnvironment>();
  const access = new Access(keys, sessions, () => isLocal(config().listen.host));
  let [limits, proxies] = limitsOf(config());
  let known = config();

  app.use(async (context, next) => {
    await next();
    // Hono leaves it where it is, and what makes it would go on for ever
    if (context.req.method === "HEAD") await context.res.body?.cancel();
  });
  app.use(async (context, next) => {
    if (config() !== known) {
      known = config();
      [limits, proxies] = limitsOf(known);
    }
    const { raw } = context.req;
    context.set("id", randomUUID());
    const client = clientAddress(context.env.peer, raw.headers.get("x-forwarded-for"), proxies);
    context.set("client", client);
    checkHost(raw, known.listen);
    const allowed = originHeaders(raw, known.access);
    const answer = preflight(raw, allowed);
    if (answer !== null) return answer;
    for (const [name, value] of Object.entries(allowed)) context.header(name, value);
    if (OPEN.has(context.req.path)) return await next();
    refuseTooMany(limits.address.take(networkOf(client)));
    const parameters = [
      known.access.keys_in_parameters ? context.req.query(PARAMETER) : undefined,
    ];
    const caller = access.callerOf(raw.headers, parameters);
    const count = ({ key }: Caller) => {
      if (key !== null) refuseTooMany(limits.key.take(key));
    };
    count(caller);
    context.set("caller", caller);
    context.set("countRequest", count);
    context.set("isStillCaller", () => access.isStill(caller, raw.headers, parameters));
    await next();
    // What a key shows is nobody's to keep, unless it says so itself
    if (!context.res.headers.has("cache-control")) {
      context.res.headers.set("cache-control", "private, no-store");
    }
  });
  aboutRoutes(app, parts);
  pageRoutes(app);
  openapiRoutes(app, parts);
  statusRoutes(app, parts);
  spiderRoutes(app, config);
  keyRoutes(app, parts);
  listRoutes(app, parts);
  measurementRoutes(app, parts);
  probingRoutes(app, parts);
  endpointRoutes(app, access, parts);
  app.notFound((context) => {
    const { path, method } = context.req;
    const allow = allowedMethods(app, path).join(", ");
    return problemResponse(
      allow === "" || allow.split(", ").includes(method)
        ? new ProblemError(404, `there is nothing at ${path}`)
        : new ProblemError(405, `${path} takes ${allow}`, { headers: { allow } }),
    );
  });
  app.onError((error, context) => {
    const headers = Object.fromEntries(
      ["vary", "access-control-allow-origin", "access-control-allow-credentials"].flatMap(
        (name) => {
          const value = context.res.headers.get(name);
          return value === null ? [] : [[name, value]];
        },
      ),
    );
    if (error instanceof ProblemError) {
      const { status, message, more } = error;
      return problemResponse(
        new ProblemError(status, message, { ...more, headers: { ...headers, ...more.headers } }),
      );
    }
    if (error instanceof DatabaseFailure) {
      log.write("error", error.message);
      const [status, why] = error.isFull
        ? [507, "this server has no room for more"] as const
        : [503, "this server cannot use its database; its log says why"] as const;
      return problemResponse(new ProblemError(status, why, { headers }));
    }
    const id = context.get("id");
    log.write("error", `request ${id}: ${error.stack ?? error.message}`);
    return problemResponse(
      new ProblemError(500, `this server is at fault; its log tells of ${id}`, { id, headers }),
    );
  });
  return app;
}

/** First parts of the paths that an app answers at itself. */
export function ownPaths(app: Hono<ServeEnvironment>): ReadonlySet<string> {
  return new Set(app.routes.map(({ path }) => path.split("/")[1]!).filter((part) => part !== "*"));
}

function limitsOf({ access }: Config) {
  const { rate_per_key: key, rate_per_address: address, proxies } = access;
  return [{
    key: new RateLimit(key.per_second, key.burst),
    address: new RateLimit(address.per_second, address.burst),
  }, new PrefixSet(prefixes(proxies))] as const;
}

function refuseTooMany(seconds: number): void {
  if (seconds === 0) return;
  throw new ProblemError(429, "there were too many requests", {
    headers: { "retry-after": String(Math.ceil(seconds)) },
  });
}
