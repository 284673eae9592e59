import type { Manifest } from "./manifest.ts";
import type { OptionValues } from "./option.ts";

/** Methods that an endpoint can answer; `HEAD` and `OPTIONS` are answered where they make sense. */
export const ENDPOINT_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

/** One of {@linkcode ENDPOINT_METHODS}. */
export type EndpointMethod = typeof ENDPOINT_METHODS[number];

/** Who may ask an endpoint: anybody, or holders of a key with that scope or one above it. */
export const ENDPOINT_SCOPES = ["open", "read", "measure", "admin"] as const;

/** One of {@linkcode ENDPOINT_SCOPES}. */
export type EndpointScope = typeof ENDPOINT_SCOPES[number];

/** What an endpoint may take. */
export interface EndpointLimits {
  /** Seconds until the answer must begin; 30 when missing. */
  readonly seconds?: number | undefined;
  /** Octets of a request's body at most; 1 MiB when missing. */
  readonly body?: number | undefined;
  /** Octets of an answer at most; 64 MiB when missing. */
  readonly answer?: number | undefined;
  /** Requests at once at most, others are told to come again; 16 when missing. */
  readonly concurrency?: number | undefined;
}

/** Levels of an endpoint's lines in the server's log. */
export type EndpointLogLevel = "debug" | "info" | "warning" | "error";

/** What an endpoint is given once, and with each request: always the same object. */
export interface EndpointContext {
  /** What its options are set to, in the configuration or by their defaults. */
  readonly options: OptionValues;
  /** Where it answers, such as `/netinfo`. */
  readonly route: string;
  /** The server's configuration, without what is secret. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Writes a line to the server's log. */
  log(level: EndpointLogLevel, text: string): void;
  /** Aborts when the endpoint ends. Not in a worker without permissions, which has no such thing. */
  readonly signal: AbortSignal;
  /**
   * Runs something in the background. It belongs to the endpoint: the signal aborts when that ends, and
   * its end is waited for. What it throws stands in the server's log. Not in a worker without permissions.
   */
  task(name: string, run: (signal: AbortSignal) => Promise<void>): void;
  /** Log-ins of people. Only for an endpoint that ships with the program. */
  readonly sessions?: EndpointSessions;
}

/** A log-in of somebody who has a key. */
export interface EndpointSession {
  /** The id of the key. */
  readonly key: string;
  readonly scopes: readonly string[];
  /** When it ends (RFC 3339). */
  readonly expires: string;
  /** What was kept with it; JSON. */
  readonly data: unknown;
}

/** Log-ins, kept by the server. A token stands for one, and is known to its holder alone. */
export interface EndpointSessions {
  /** Opens one; null where the key is not taken. */
  open(key: string): { readonly token: string; readonly session: EndpointSession } | null;
  /** The one that a token stands for; null when there is none, or it has ended. */
  get(token: string): EndpointSession | null;
  /** Keeps something with one, and lets it last as long again; null as `get`. */
  update(token: string, data: unknown): EndpointSession | null;
  /** Ends one, where there is such a one. */
  end(token: string): void;
}

/** A request to an endpoint. Objects have no prototype, so that no name in them can shadow anything. */
export interface EndpointRequest {
  /** `HEAD` comes as `GET`; the body of its answer is left out. */
  readonly method: EndpointMethod;
  /** What follows the route, without a slash at its begin, as it was sent; empty for the route itself. */
  readonly path: string;
  /** The same, cut at its slashes, each part decoded. */
  readonly segments: readonly string[];
  /** Parameters of the query; a list where one came more than once. Without a key. */
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  /**
   * By their names in lower case. Without those that may carry a key; cookies without that of a log-in,
   * and in a worker without permissions none.
   */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * The body: what JSON says, the fields of a form, a text for `text/*`, the octets for any other type;
   * null for none. Octets do not reach a worker without permissions, which gets null.
   */
  readonly body: unknown;
  /** Values of the query and of a body that is an object, together; the body's where both have one. */
  readonly data: Readonly<Record<string, unknown>>;
  /** The address of who asks. */
  readonly client: string;
  /** Aborts when nobody waits for the answer any more. Not in a worker without permissions. */
  readonly signal: AbortSignal;
}

/**
 * An answer: a status and a value, perhaps with headers. A text is sent as `text/plain`, octets and a
 * stream as `application/octet-stream`, unless a header says otherwise; anything else as JSON. Or a
 * `Response`, which cannot leave a worker without permissions, as octets and streams cannot.
 */
export type EndpointAnswer =
  | readonly [status: number, value: unknown, headers?: Readonly<Record<string, string>>]
  | Response;

/** Answers requests to `spider serve` below a path of its own. */
export interface HttpEndpoint extends Manifest {
  readonly kind: "endpoint";
  /** OPTIONAL. Methods that it answers; `GET` when missing. */
  readonly methods?: readonly EndpointMethod[];
  /** OPTIONAL. Who may ask; those with the scope `read` when missing. */
  readonly scope?: EndpointScope;
  /** OPTIONAL. What it may take, where that is less than usual; more takes the server's configuration. */
  readonly limits?: EndpointLimits;
  /** OPTIONAL. Before the first request. What it throws keeps the endpoint from being loaded. */
  init?(context: EndpointContext): void | Promise<void>;
  /** MANDATORY. Answers a request. What it throws stands in the server's log, and the answer is 500. */
  handler(
    request: EndpointRequest,
    context: EndpointContext,
  ): EndpointAnswer | Promise<EndpointAnswer>;
  /** OPTIONAL. Once, after the last request and the end of background tasks. */
  close?(context: EndpointContext): void | Promise<void>;
}
