import { useEffect, useState } from "preact/hooks";
import { ask, askJson, Problem, signedOut } from "./ask.ts";
import type { Scope, Session } from "./records.ts";

/** What each scope allows besides. */
const ORDER: readonly Scope[] = ["read", "measure", "admin"];

const SESSION = { isAboutSession: true } as const;

/** Whether a session allows something. */
export function allows({ scopes }: Session, wanted: Scope): boolean {
  return scopes.some((scope) => ORDER.indexOf(scope) >= ORDER.indexOf(wanted));
}

/** Who looks at the page: not known yet, nobody, or someone. */
export type Looking =
  | { readonly state: "unknown"; readonly problem: Problem | null }
  | { readonly state: "out" }
  | { readonly state: "in"; readonly session: Session };

/** Who looks at the page, and how he comes in and goes. */
export function useSession() {
  const [looking, setLooking] = useState<Looking>({ state: "unknown", problem: null });
  const load = async () => {
    try {
      const session = await current();
      setLooking(session === null ? { state: "out" } : { state: "in", session });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setLooking({ state: "unknown", problem: error });
    }
  };
  useEffect(() => {
    load();
    const leave = () => setLooking({ state: "out" });
    signedOut.addEventListener("out", leave);
    return () => signedOut.removeEventListener("out", leave);
  }, []);
  return {
    looking,
    signIn: async (key: string) => {
      await ask("/sessions", { ...SESSION, method: "POST", json: { key } });
      await load();
    },
    signOut: async () => {
      await ask("/sessions/current", { method: "DELETE" });
      setLooking({ state: "out" });
    },
    /** Looks again, since what the server asks for may be another thing now. */
    reload: load,
  };
}

/** The session there is; null where the server wants one. */
async function current(): Promise<Session | null> {
  const own = await orRefused(() => askJson<Session>("/sessions/current", SESSION));
  if (own !== null) return own;
  // A server without keys asks nobody for one
  const status = await orRefused(() => ask("/status", SESSION));
  return status === null ? null : { scopes: ["admin"], expires: null, key: null };
}

/** An answer; null where the server refuses one, or has no sessions. */
async function orRefused<T>(load: () => Promise<T>): Promise<T | null> {
  try {
    return await load();
  } catch (error) {
    if (error instanceof Problem && [401, 403, 404].includes(error.status)) return null;
    throw error;
  }
}
