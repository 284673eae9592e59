import type { EndpointLogLevel } from "../../../contract/endpoint.ts";
import type { EndpointFacts } from "../endpoint_host.ts";

/** What the process of an endpoint is to do: the first line of its standard input, whose end ends it. */
export interface EndpointOrder {
  /** The plugin: a name, a path or a URL. */
  readonly word: string;
  /** Folders of plugins besides the usual ones. */
  readonly folders: readonly string[];
  readonly route: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly config: Readonly<Record<string, unknown>>;
  /** The socket that it listens on. */
  readonly socket: string;
}

/** A line of its standard output. */
export type EndpointMessage =
  /** It listens. */
  | { readonly ready: EndpointFacts }
  /** Why it cannot. */
  | { readonly failed: string }
  | { readonly log: EndpointLogLevel; readonly text: string }
  | { readonly closed: true };

/** Headers between the server and the process, which no request and no answer has of itself. */
export const CLIENT = "spider-client";
/** The headers of the request as they came, as JSON: a client on the way adds some of its own. */
export const SENT = "spider-sent";
/** A question whether it still turns. */
export const PING = "spider-ping";
/** The body of the answer is why the endpoint failed. */
export const FAILED = "spider-failed";
/** The answer is a problem of the request, see http/problem.ts. */
export const PROBLEM = "spider-problem";
