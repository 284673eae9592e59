import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { ProblemError } from "../../../src/serve/http/problem.ts";
import { carriedKey } from "../../../src/serve/keys/carriers.ts";
import { isSecret, newKey, readKey } from "../../../src/serve/keys/key.ts";
import { hasScope } from "../../../src/serve/keys/scope.ts";

Deno.test("a key has an id that is shown and a secret of which a hash is kept", () => {
  const { id, text, hash } = newKey();
  assertMatch(text, /^spider_[0-9a-f]{12}_[A-Za-z0-9-]{43}$/);
  const parts = readKey(text)!;
  assertEquals(parts.id, id);
  assert(isSecret(parts.secret, hash));
  assert(!isSecret(`${parts.secret.slice(0, -1)}_`, hash));
  assert(!new TextDecoder().decode(hash).includes(parts.secret));
  assert(newKey().text !== text);
});

Deno.test("what is no key is none", () => {
  for (const text of ["", "spider_", "spider_0_0", `${newKey().text} `, newKey().text.slice(1)]) {
    assertEquals(readKey(text), null, text);
  }
});

Deno.test("each scope holds those before it", () => {
  assertEquals(
    (["read", "measure", "admin"] as const).map((scope) =>
      (["read", "measure", "admin"] as const).filter((wanted) => hasScope([scope], wanted))
    ),
    [["read"], ["read", "measure"], ["read", "measure", "admin"]],
  );
  assert(!hasScope([], "read"));
});

Deno.test("each carrier carries a key, and several must be the same", () => {
  const carried = (headers: Record<string, string>, ...parameters: (string | undefined)[]) =>
    carriedKey(new Headers(headers), parameters);
  assertEquals(carried({}), null);
  assertEquals(carried({}, undefined), null);
  assertEquals(carried({ authorization: "Bearer a" }), "a");
  assertEquals(carried({ authorization: "bearer  a" }), "a");
  assertEquals(carried({ "x-api-key": "a", "x-custom-auth": "a" }, "a"), "a");
  assertEquals(carried({}, "a"), "a");
  for (
    const headers of [
      { "x-api-key": "a", "x-custom-auth": "b" },
      { authorization: "Basic a" },
      { authorization: "Bearer" },
      { authorization: "Bearer a b" },
    ] as Record<string, string>[]
  ) {
    const { status } = assertThrows(() => carried(headers), ProblemError);
    assertEquals(status, 400);
  }
});
