import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { HostResolveError } from "../../src/probe/errors.ts";
import { Resolver } from "../../src/probe/resolver.ts";

Deno.test("an address is its own, at once", () => {
  const resolver = new Resolver();
  assertEquals(resolver.resolve("192.0.2.1"), { text: "192.0.2.1", version: 4 });
  assertEquals(resolver.resolve("2001:db8::1", 6), { text: "2001:db8::1", version: 6 });
  assertThrows(() => resolver.resolve("192.0.2.1", 6), HostResolveError);
  assertThrows(() => resolver.resolve("192.0.2.1", 5 as 4), RangeError);
});

Deno.test("a name is looked up once for each IP version, until it is forgotten", async () => {
  const resolver = new Resolver();
  const first = resolver.resolve("localhost", 4);
  assert(first === resolver.resolve("localhost", 4));
  assert(first !== resolver.resolve("localhost"));
  assertEquals(await first, { text: "127.0.0.1", version: 4 });
  assert(first === resolver.resolve("localhost", 4));
  resolver.clear();
  assert(first !== resolver.resolve("localhost", 4));
});

Deno.test("a name that was not found is looked up again", async () => {
  const resolver = new Resolver();
  const first = resolver.resolve("no such host");
  await assertRejects(async () => await first, HostResolveError);
  const second = resolver.resolve("no such host");
  assert(first !== second);
  await assertRejects(async () => await second, HostResolveError);
});
