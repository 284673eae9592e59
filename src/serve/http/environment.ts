import type { Caller } from "../keys/access.ts";

/** What requests carry along, for hono. */
export interface ServeEnvironment {
  readonly Bindings: {
    /** The address of the connection. */
    readonly peer: string;
  };
  readonly Variables: {
    /** The number of the request, in the log and in problems. */
    readonly id: string;
    readonly caller: Caller;
    /**
     * Counts the request as one of a caller, who may be known only by its body.
     *
     * @throws {ProblemError} 429 where his key has made too many
     */
    readonly countRequest: (caller: Caller) => void;
    /** Whether he still is: a key may be revoked while an answer goes on. */
    readonly isStillCaller: () => boolean;
    /** The address of who has made it. */
    readonly client: string;
  };
}
