import type { Document } from "./document.ts";

/** Puts a key into a request. */
export type Carry = (request: { readonly url: URL; readonly headers: Headers }) => void;

/** No key. */
export const NOTHING: Carry = () => {};

/** All ways in which a document says that a key is sent, by turns; a log-in is opened for those who have one. */
export async function allCarriers(
  { components: { securitySchemes } }: Document,
  url: string,
  key: string,
): Promise<Carry> {
  const login = await fetch(`${url}/sessions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ key }),
  });
  await login.body?.cancel();
  const token = /=([^;]+)/.exec(login.headers.get("set-cookie") ?? "")![1]!;
  const carries = Object.values(securitySchemes).map(({ type, in: place, name }): Carry => {
    if (type === "http") return ({ headers }) => headers.set("authorization", `Bearer ${key}`);
    if (place === "header") return ({ headers }) => headers.set(name!, key);
    if (place === "query") return ({ url }) => url.searchParams.set(name!, key);
    return ({ headers }) => headers.set("cookie", `${name}=${token}`);
  });
  let turn = 0;
  return (request) => carries[turn++ % carries.length]!(request);
}
