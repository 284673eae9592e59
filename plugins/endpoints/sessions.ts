import type { EndpointAnswer, EndpointRequest, HttpEndpoint } from "../../src/mod.ts";

/** The cookie that stands for a session. */
const COOKIE = "spider_session";
const NOBODY: EndpointAnswer = [401, { error: "there is no session, or it has ended: log in" }];
const UNKNOWN: EndpointAnswer = [404, { error: "there is POST here, and /current" }];

/** The sessions that a request's cookies stand for; a page of a neighbouring host may have set one too. */
function tokensOf({ headers }: EndpointRequest): string[] {
  return [...(headers.cookie ?? "").matchAll(/(?:^|;)\s*spider_session=([\w-]+)/g)].map((
    [, token],
  ) => token!);
}

/** What a body has by a name: a query would stand in logs. */
function given({ body }: EndpointRequest, name: string): unknown {
  const isObject = typeof body === "object" && body !== null && Object.hasOwn(body, name);
  return isObject ? (body as Record<string, unknown>)[name] : undefined;
}

/**
 * A cookie as RFC 6265 has it: scripts do not see it, and other sites do not send it.
 *
 * @param isSafe whether the answer goes over TLS, and so the cookie over nothing else
 */
function cookie(token: string, seconds: number, isSafe: boolean): string {
  return `${COOKIE}=${token}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict` +
    (isSafe ? "; Secure" : "");
}

export default {
  kind: "endpoint",
  name: "sessions",
  version: "1.0.0",
  api: "^1",
  summary: "log-ins for the page: a key is given once, and a cookie stands for it",
  references: ["RFC 6265"],
  methods: ["GET", "POST", "PATCH", "DELETE"],
  // The key, or the cookie, is what it asks for itself
  scope: "open",
  limits: { body: 65_536 },
  handler(request, { sessions, config }) {
    if (sessions === undefined) return [503, { error: "this server keeps no sessions" }];
    const { method, segments } = request;
    const isSafe = config.tls === true;
    if (segments.length === 0) {
      if (method !== "POST") return UNKNOWN;
      const key = given(request, "key");
      if (typeof key !== "string") return [400, { error: 'give a key: {"key": KEY}' }];
      const opened = sessions.open(key);
      if (opened === null) return [401, { error: "the key is not taken" }];
      const { token, session } = opened;
      const seconds = Math.round((Date.parse(session.expires) - Date.now()) / 1000);
      return [201, session, {
        "set-cookie": cookie(token, seconds, isSafe),
        location: "/sessions/current",
        "cache-control": "no-store",
      }];
    }
    if (segments.length > 1 || segments[0] !== "current" || method === "POST") return UNKNOWN;
    const token = tokensOf(request).find((one) => sessions.get(one) !== null);
    if (method === "DELETE") {
      for (const one of tokensOf(request)) sessions.end(one);
      return [204, undefined, { "set-cookie": cookie("", 0, isSafe) }];
    }
    if (token === undefined) return NOBODY;
    const data = given(request, "data");
    if (method === "PATCH" && data === undefined) {
      return [400, { error: 'give what is to be kept: {"data": JSON}' }];
    }
    const session = method === "PATCH" ? sessions.update(token, data) : sessions.get(token);
    return session === null ? NOBODY : [200, session, { "cache-control": "no-store" }];
  },
} satisfies HttpEndpoint;
