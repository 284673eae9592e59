import type {
  EndpointAnswer,
  EndpointContext,
  EndpointRequest,
  HttpEndpoint,
} from "../../contract/endpoint.ts";
import { Failure } from "../../host/failure.ts";
import { withTests } from "../stored_tests.ts";
import type { Described } from "./message.ts";
import type { Sandbox } from "./sandbox.ts";

const HOOKS = ["init", "handler", "close"] as const;

/**
 * Headers that an endpoint from elsewhere may answer with: no cookies, nothing that lets pages of others
 * read it, and nothing that lets its own page do more than it may.
 */
const HEADERS: ReadonlySet<string> = new Set([
  ...["allow", "cache-control", "content-disposition", "content-language", "content-type", "etag"],
  ...["expires", "last-modified", "link", "location", "retry-after", "vary"],
]);

/** Pages that it makes run no scripts, and are not taken for this server's own. */
const HARMLESS = {
  "content-security-policy":
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
  "x-content-type-options": "nosniff",
};

/** An endpoint whose functions run in a worker: its data here, its functions as calls. */
export function sandboxedEndpoint(
  { data, functions, tests }: Described,
  sandbox: () => Sandbox,
): HttpEndpoint {
  const calls: Partial<Pick<HttpEndpoint, "init" | "handler" | "close">> = {
    init: async (context) => {
      await sandbox().call("init", [sent(context)]);
    },
    handler: async (request, context) =>
      harmless(await sandbox().call("handler", [plainRequest(request), sent(context)])),
    close: async (context) => {
      await sandbox().call("close", [sent(context)]);
    },
  };
  const hooks = HOOKS.filter((hook) => functions.includes(hook));
  const endpoint = {
    ...data as object,
    ...Object.fromEntries(hooks.map((hook) => [hook, calls[hook]])),
  } as unknown as HttpEndpoint;
  sandboxes.set(endpoint, sandbox);
  return withTests(tests, endpoint);
}

/** The workers of endpoints that run in one. */
const sandboxes = new WeakMap<object, () => Sandbox>();

/** The worker of an endpoint that runs in one; null for any other. */
export function sandboxOf(endpoint: object): Sandbox | null {
  return sandboxes.get(endpoint)?.() ?? null;
}

/** What of a context is data. */
function sent({ options, route, config }: EndpointContext) {
  return { options, route, config };
}

function plainRequest({ signal: _, headers, ...request }: EndpointRequest) {
  // Cookies are of whoever has set them, and these were set by others
  const { cookie: _cookie, ...sent } = headers;
  return {
    ...request,
    headers: sent,
    body: request.body instanceof Uint8Array ? null : request.body,
  };
}

/**
 * An answer, which is untrusted, with what it may have alone.
 *
 * @throws {Failure} where it has what it may not have
 */
function harmless(answer: unknown): EndpointAnswer {
  if (!Array.isArray(answer)) throw new Failure("its answer is no [status, value, headers]");
  const [status, value, headers = {}] = answer;
  if (typeof headers !== "object" || headers === null) {
    throw new Failure("the headers of its answer are no object of texts");
  }
  const other = Object.keys(headers).find((name) => !HEADERS.has(name.toLowerCase()));
  if (other !== undefined) {
    throw new Failure(`its answer has a header that it may not have: ${other.slice(0, 40)}`);
  }
  return [status, value, { ...headers, ...HARMLESS }];
}
