import { ProblemError } from "../http/problem.ts";
import { carriedKey } from "./carriers.ts";
import { hasScope, type Scope } from "./scope.ts";
import type { KeyStore } from "./store.ts";

/** Who makes a request. */
export interface Caller {
  /** The id of his key; null for one without. */
  readonly key: string | null;
  readonly scopes: readonly Scope[];
  /** The endpoint that his key is for alone; null for all that the server has. */
  readonly endpoint: string | null;
}

/** How to send a key, for those who have sent none (RFC 6750, section 3). */
const CHALLENGE = { "www-authenticate": 'Bearer realm="spider"' };

/** Someone without a key. */
const NOBODY: Caller = { key: null, scopes: [], endpoint: null };
/** Whoever asks a server that never had a key, and that this host alone can reach. */
const ANYBODY: Caller = { key: null, scopes: ["admin"], endpoint: null };

/** Knows who a cookie stands for. */
interface LogIns {
  /** Who makes a request with such cookies; null where none stands for somebody. */
  callerOf(cookies: string | null): Caller | null;
}

/** Says who makes requests, by their keys. */
export class Access {
  readonly #keys: KeyStore;
  readonly #sessions: LogIns;
  readonly #isLocal: () => boolean;

  /** @param isLocal whether this host alone can reach the server */
  constructor(keys: KeyStore, sessions: LogIns, isLocal: () => boolean) {
    this.#keys = keys;
    this.#sessions = sessions;
    this.#isLocal = isLocal;
  }

  /**
   * Who makes a request.
   *
   * @param parameters values of its query and its body, where those may carry a key
   * @throws {ProblemError} 401 for a key that is not taken, 400 for several
   */
  callerOf(headers: Headers, parameters: readonly (string | undefined)[]): Caller {
    const text = carriedKey(headers, parameters);
    if (text === null) {
      return this.#sessions.callerOf(headers.get("cookie")) ??
        (this.#isLocal() && this.#keys.none ? ANYBODY : NOBODY);
    }
    const key = this.#keys.check(text);
    if (typeof key === "string") {
      throw new ProblemError(401, `the key is ${key}`, { headers: CHALLENGE });
    }
    return { key: key.id, scopes: key.scopes, endpoint: key.endpoint };
  }

  /** Whether a request would be taken as made by the same one now. */
  isStill(
    { key, scopes }: Caller,
    headers: Headers,
    parameters: readonly (string | undefined)[],
  ): boolean {
    try {
      const now = this.callerOf(headers, parameters);
      return now.key === key && scopes.every((scope) => now.scopes.includes(scope));
    } catch (error) {
      if (error instanceof ProblemError) return false;
      throw error;
    }
  }
}

/**
 * Refuses who may not do something.
 *
 * @throws {ProblemError} 401 for one without a key, 403 for one whose key does not do
 */
export function requireScope(caller: Caller, scope: Scope): void {
  if (caller.endpoint === null && hasScope(caller.scopes, scope)) return;
  if (caller.key === null) {
    throw new ProblemError(
      401,
      `this needs a key with the scope ${scope}: send it as Authorization: Bearer KEY`,
      { headers: CHALLENGE },
    );
  }
  throw new ProblemError(
    403,
    caller.endpoint === null
      ? `this needs a key with the scope ${scope}, and this one has ${caller.scopes.join(", ")}`
      : `this key is for the endpoint ${caller.endpoint} alone`,
  );
}

/**
 * Refuses who may not ask an endpoint.
 *
 * @param scope what its holders have at least; `open` for anybody
 * @throws {ProblemError} as {@linkcode requireScope}
 */
export function requireEndpoint(caller: Caller, name: string, scope: Scope | "open"): void {
  if (scope === "open") return;
  // A key for one endpoint alone needs its scope there, and nothing else
  const { endpoint } = caller;
  requireScope(endpoint === name ? { ...caller, endpoint: null } : caller, scope);
}

/** Whether a caller may see what was made with a key: it is his, or he may see all. */
export function isVisible({ owner }: { readonly owner: string | null }, caller: Caller): boolean {
  return seesAll(caller) || owner === caller.key;
}

/** One who may do all, or nothing but read: he has nothing of his own. */
function seesAll({ scopes }: Caller): boolean {
  return hasScope(scopes, "admin") || hasScope(scopes, "read") && !hasScope(scopes, "measure");
}

/** Whose things a caller is shown: his own; undefined for those of all. */
export function ownerFor(caller: Caller): string | null | undefined {
  return seesAll(caller) ? undefined : caller.key;
}
