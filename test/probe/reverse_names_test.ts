import { assertEquals } from "@std/assert";
import { ReverseNames } from "../../src/probe/reverse_names.ts";

Deno.test("a name is known once it was looked up; an address without one stays without", async () => {
  const names = new ReverseNames();
  assertEquals(names.of("127.0.0.1"), null);
  await names.settled(10_000);
  assertEquals(names.of("127.0.0.1"), "localhost");
  assertEquals(names.of("not an address"), null);
  await names.settled(10_000);
  assertEquals(names.of("not an address"), null);
});

Deno.test("more than are looked up at once are all looked up", async () => {
  const names = new ReverseNames();
  const addresses = Array.from({ length: 100 }, (_, at) => `nonsense ${at}`);
  addresses.forEach((address) => names.of(address));
  names.of("127.0.0.1");
  await names.settled(10_000);
  assertEquals(names.of("127.0.0.1"), "localhost");
});

Deno.test("nothing to look up is not waited for", async () => {
  await new ReverseNames().settled(86_400_000);
});
