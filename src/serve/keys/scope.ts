/** What a key lets its holder do; each lets him do what those before it do. */
export const SCOPES = ["read", "measure", "admin"] as const;

/** One of {@linkcode SCOPES}. */
export type Scope = typeof SCOPES[number];

/** Whether scopes hold one. */
export function hasScope(scopes: readonly Scope[], wanted: Scope): boolean {
  return scopes.some((scope) => SCOPES.indexOf(scope) >= SCOPES.indexOf(wanted));
}
