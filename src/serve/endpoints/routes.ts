import type { Context, Hono } from "hono";
import type { EndpointScope } from "../../contract/endpoint.ts";
import { Failure } from "../../host/failure.ts";
import type { Config } from "../config/schema.ts";
import { bodyOctets } from "../http/body.ts";
import type { ServeEnvironment } from "../http/environment.ts";
import { ProblemError } from "../http/problem.ts";
import { type Access, requireEndpoint, requireScope } from "../keys/access.ts";
import { hasScope } from "../keys/scope.ts";
import { EndpointFailure } from "./endpoint_host.ts";
import type { Endpoints, Reached } from "./endpoints.ts";
import { keyIn, methodOf } from "./hosted_request.ts";
import type { MountedEndpoint } from "./mounted_endpoint.ts";
import type { Log } from "../log.ts";

/** What can be done to an endpoint. */
export const ACTIONS = ["reload", "load", "unload"] as const;

/** What answers at endpoints, and about them, is made of. */
export interface EndpointParts {
  readonly endpoints: Endpoints;
  readonly config: () => Config;
  readonly log: Log;
}

/** Endpoints under control, and then the endpoints themselves, at whatever no other route is. */
export function endpointRoutes(
  app: Hono<ServeEnvironment>,
  access: Access,
  parts: EndpointParts,
): void {
  const { endpoints } = parts;
  const find = (context: Context<ServeEnvironment>): MountedEndpoint => {
    const name = context.req.param("name") ?? "";
    const found = endpoints.named(name);
    if (found === null) throw new ProblemError(404, `there is no plugin ${name}`);
    return found;
  };

  const records = (context: Context<ServeEnvironment>) =>
    endpoints.all.map((one) => record(one, isAdmin(context)));

  app.get("/plugins", (context) => {
    requireScope(context.get("caller"), "read");
    return context.json({ plugins: records(context) });
  });

  app.get("/plugins/:name", (context) => {
    requireScope(context.get("caller"), "read");
    return context.json(record(find(context), isAdmin(context)));
  });

  app.post("/plugins/reload", async (context) => {
    requireScope(context.get("caller"), "admin");
    const ended = await Promise.allSettled(
      endpoints.all.filter(({ state }) => state !== "unloaded").map((one) => one.load()),
    );
    const failed = ended.flatMap((one) => one.status === "rejected" ? [problemOf(one.reason)] : []);
    if (failed.length > 0) throw new ProblemError(409, failed.join("; "));
    return context.json({ plugins: records(context) });
  });

  app.post(`/plugins/:name/:action{${ACTIONS.join("|")}}`, async (context) => {
    requireScope(context.get("caller"), "admin");
    const found = find(context);
    const { action } = context.req.param();
    if (action === "reload" && found.state === "unloaded") {
      throw new ProblemError(409, `the plugin ${found.planned.name} is not loaded: load it`);
    }
    try {
      if (action === "unload") await found.unload();
      // What is loaded already stays as it is
      else if (action === "reload" || found.state !== "loaded") await found.load();
    } catch (error) {
      const problem = problemOf(error);
      parts.log.write("error", `${action}: ${problem}`);
      throw new ProblemError(409, problem);
    }
    parts.log.write("info", `plugin ${found.planned.name}: ${action}, as was asked for`);
    return context.json(record(found, true));
  });

  app.all("*", async (context, next) => {
    await endpoints.ready.catch(() => {}); // which is why one may be missing
    // As it was sent: hono decodes parts of it
    const reached = endpoints.at(new URL(context.req.url).pathname);
    if (reached === null || reached.mounted.state === "unloaded") return await next();
    return await answer(context, reached, access, parts);
  });
}

function isAdmin(context: Context<ServeEnvironment>): boolean {
  return hasScope(context.get("caller").scopes, "admin");
}

async function answer(
  context: Context<ServeEnvironment>,
  { mounted, rest }: Reached,
  access: Access,
  { config, log }: EndpointParts,
): Promise<Response> {
  const { name, route } = mounted.planned;
  const scope = mounted.scope;
  const { raw } = context.req;
  // One that cannot be loaded tells nobody more than that it is not there
  if (scope === null) {
    throw new ProblemError(503, `${route} cannot be loaded; see the server's log`);
  }
  const { access: { keys_in_parameters: isInParameters }, requests } = config();
  const caller = context.get("caller");
  const mayLater = isInParameters && caller.key === null;
  if (!mayLater) requireEndpoint(caller, name, scope);
  const methods = mounted.facts!.methods;
  const method = methodOf(raw.method);
  const allow = allowed(methods);
  if (raw.method === "OPTIONS") return new Response(null, { status: 204, headers: { allow } });
  if (method === null || !methods.includes(method)) {
    throw new ProblemError(405, `${route} takes ${allow}`, { headers: { allow } });
  }
  // Before its body, which takes memory
  const place = await mounted.enter();
  try {
    const octets = await bodyOctets(raw, { most: mounted.limits.body, seconds: requests.seconds });
    if (mayLater) {
      const carried = keyIn(raw.headers, octets);
      const later = carried === undefined ? caller : access.callerOf(raw.headers, [carried]);
      context.get("countRequest")(later);
      requireEndpoint(later, name, scope);
    }
    return await place.ask({
      ...{ method, octets },
      path: rest,
      query: new URL(context.req.url).search.slice(1),
      headers: raw.headers,
      client: context.get("client"),
      // Aborts also before there is an answer, which `completed` does not tell of
    }, raw.signal);
  } catch (error) {
    place.leave();
    if (!(error instanceof EndpointFailure)) throw error;
    const id = context.get("id");
    log.write("error", `plugin ${name}: request ${id}: ${error.message}`);
    throw new ProblemError(500, `${route} failed; the server's log tells of ${id}`, { id });
  }
}

function allowed(methods: readonly string[]): string {
  return ["OPTIONS", ...methods.flatMap((one) => one === "GET" ? ["GET", "HEAD"] : [one])].join(
    ", ",
  );
}

/** @param tells whether the answer has the text of what its code has thrown, which names paths of this host */
function record(
  { planned: { name, word, route }, state, problem, facts, scope, limits }: MountedEndpoint,
  tells: boolean,
) {
  return {
    ...{ name, kind: "endpoint", plugin: word, route, state },
    version: facts?.version ?? null,
    summary: facts?.summary ?? null,
    methods: facts?.methods ?? null,
    scope: scope as EndpointScope | null,
    limits,
    ...(problem === null ? {} : { problem: tells ? problem : "the server's log says why" }),
    links: { self: `/plugins/${name}`, endpoint: route },
  };
}

function problemOf(error: unknown): string {
  if (error instanceof Failure) return error.message;
  throw error;
}
