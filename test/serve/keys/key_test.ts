import { Buffer } from "node:buffer";
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { Database } from "../../../src/serve/database/database.ts";
import { ProblemError } from "../../../src/serve/http/problem.ts";
import { carriedKey } from "../../../src/serve/keys/carriers.ts";
import { isSecret, newKey, readKey } from "../../../src/serve/keys/key.ts";
import { hasScope } from "../../../src/serve/keys/scope.ts";
import { type Key, KeyStore } from "../../../src/serve/keys/store.ts";

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

Deno.test("hashes of secrets are compared whole, by what takes no less time for a wrong one", () => {
  const { text, hash } = newKey();
  const { secret } = readKey(text)!;
  const compared: (readonly [Uint8Array, Uint8Array])[] = [];
  let verdict = true;
  const isEqual = (own: Uint8Array, kept: Uint8Array) => {
    compared.push([own.slice(), kept.slice()]);
    return verdict;
  };
  const wrong = `${secret.slice(0, -1)}${secret.endsWith("a") ? "b" : "a"}`;
  for (verdict of [true, false]) {
    for (const one of [secret, wrong, ""]) {
      // It alone says so, and nothing looks at them before
      assertEquals(isSecret(one, hash, isEqual), verdict);
    }
  }
  assertEquals(compared.length, 6);
  assert(compared.every(([own, kept]) => own.length === 32 && Buffer.compare(kept, hash) === 0));
  assertEquals(compared.map(([own]) => Buffer.compare(own, hash) === 0), [
    ...[true, false, false],
    ...[true, false, false],
  ]);
  assertMatch(isSecret.toString(), /isEqual = timingSafeEqual\b/, "the usual one is node:crypto's");
});

Deno.test("a key is compared once, whether there is one of its id or not", () => {
  using database = Database.open(":memory:");
  const compared: (readonly [string, number])[] = [];
  const keys = new KeyStore(database, (secret, hash) => {
    compared.push([secret, hash.length]);
    return isSecret(secret, hash);
  });
  const own = { name: "own", scopes: ["read"], endpoint: null, expires: null } as const;
  const { text, key: { id } } = keys.add(own);
  const { secret } = readKey(text)!;
  const other = newKey();
  const nobody = "no key of this server";
  assertEquals((keys.check(text) as Key).id, id);
  assertEquals(keys.check(other.text), nobody);
  assertEquals(keys.check("no key"), nobody);
  const mixed = `spider_${id}_${readKey(other.text)!.secret}`;
  assertEquals(keys.check(mixed), nobody);
  keys.revoke(id);
  // What became of a key is nobody's to know but who has it
  assertEquals([keys.check(text), keys.check(mixed)], ["revoked", nobody]);
  const theirs = readKey(other.text)!.secret;
  assertEquals(compared, [secret, theirs, "", theirs, secret, theirs].map((one) => [one, 32]));
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
