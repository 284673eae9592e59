import type { Key } from "./store.ts";

/** A key as answers and scripts have it, without its secret. */
export function keyRecord({ id, name, scopes, endpoint, created, expires, revoked }: Key) {
  const time = (at: number | null) => at === null ? null : new Date(at).toISOString();
  return {
    ...{ id, name, scopes, endpoint },
    created: time(created),
    expires: time(expires),
    revoked: time(revoked),
  };
}
