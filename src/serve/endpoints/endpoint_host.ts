import type { EndpointLimits, EndpointMethod, EndpointScope } from "../../contract/endpoint.ts";
import type { HostedRequest } from "./hosted_request.ts";

/** What an endpoint says of itself that the server acts on. */
export interface EndpointFacts {
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  readonly methods: readonly EndpointMethod[];
  readonly scope: EndpointScope;
  readonly limits: EndpointLimits;
}

/** Where an endpoint runs. */
export interface EndpointHost {
  readonly facts: EndpointFacts;
  /** Whether it ships with the program. */
  readonly isBundled: boolean;
  /** Aborts when it can answer no more, of itself or by {@linkcode EndpointHost.close}. */
  readonly gone: AbortSignal;
  /**
   * Asks it.
   *
   * @throws {ProblemError} for a request that is none
   * @throws {EndpointFailure} when it failed
   */
  ask(request: HostedRequest): Promise<Response>;
  /** It took longer for an answer than it may: ends it where it does nothing else either. */
  isLate(): Promise<void>;
  /** Ends it, with its tasks and its `close`. Requests are to have ended. */
  close(): Promise<void>;
}

/** An endpoint that has thrown, or answered what is no answer; its message has the stack. */
export class EndpointFailure extends Error {
  override readonly name = "EndpointFailure";
}
