import type { Context, Hono } from "hono";
import type { EndpointMethod, EndpointScope } from "../../contract/endpoint.ts";
import { Failure } from "../../host/failure.ts";
import type { Config } from "../config/schema.ts";
import { networkOf } from "../http/client_address.ts";
import type { ServeEnvironment } from "../http/environment.ts";
import { ProblemError } from "../http/problem.ts";
import { type Access, type Caller, requireEndpoint, requireScope } from "../keys/access.ts";
import { hasScope } from "../keys/scope.ts";
import { type EndpointFacts, EndpointFailure } from "./endpoint_host.ts";
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
  const { raw } = context.req;
  const { access: { keys_in_parameters: isInParameters }, requests } = config();
  let caller = context.get("caller");
  const mayLater = isInParameters && caller.key === null;
  const { methods } = admit(mounted, mayLater ? null : caller);
  if (raw.method === "OPTIONS") {
    return new Response(null, { status: 204, headers: { allow: allowed(methods) } });
  }
  methodAmong(methods, raw.method, route);
  const client = context.get("client");
  // In none of its places yet, which who sends slowly would keep from the others
  const octets = await mounted.bodies.read(
    raw,
    { most: mounted.limits.body, seconds: requests.seconds },
    networkOf(client),
    mounted.limits.concurrency,
  );
  if (mayLater) {
    const carried = keyIn(raw.headers, octets);
    if (carried !== undefined) caller = access.callerOf(raw.headers, [carried]);
    context.get("countRequest")(caller);
  }
  const place = await mounted.enter();
  try {
    // Another one may have been loaded meanwhile
    const method = methodAmong(admit(mounted, caller).methods, raw.method, route);
    return await place.ask({
      ...{ method, octets, client },
      path: rest,
      query: new URL(context.req.url).search.slice(1),
      headers: raw.headers,
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

/**
 * What an endpoint says of itself, to somebody who may ask it.
 *
 * @param caller null where he may be known only by the body
 * @throws {ProblemError} 503 where it is not loaded, 401 or 403 for whom it is not
 */
function admit(
  { planned: { name, route }, scope, facts }: MountedEndpoint,
  caller: Caller | null,
): EndpointFacts {
  // One that cannot be loaded tells nobody more than that it is not there
  if (scope === null || facts === null) {
    throw new ProblemError(503, `${route} cannot be loaded; see the server's log`);
  }
  if (caller !== null) requireEndpoint(caller, name, scope);
  return facts;
}

/** @throws {ProblemError} 405 for a method that is not among them */
function methodAmong(
  methods: readonly EndpointMethod[],
  word: string,
  route: string,
): EndpointMethod {
  const method = methodOf(word);
  if (method !== null && methods.includes(method)) return method;
  const allow = allowed(methods);
  throw new ProblemError(405, `${route} takes ${allow}`, { headers: { allow } });
}

function allowed(methods: readonly EndpointMethod[]): string {
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
