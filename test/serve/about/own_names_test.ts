import { assertEquals } from "@std/assert";
import { OwnNames } from "../../../src/serve/about/own_names.ts";

Deno.test("names are looked up once in ten minutes, and what was found stays meanwhile", async () => {
  let now = 0;
  const asked: string[] = [];
  let answers: Record<string, string | null> = { "192.0.2.1": "a.example", "192.0.2.2": null };
  const names = new OwnNames((address) => {
    asked.push(address);
    return Promise.resolve(answers[address] ?? null);
  }, () => now);
  const both = ["192.0.2.1", "192.0.2.2"];
  assertEquals(await names.of(both), ["192.0.2.1 (a.example)", "192.0.2.2"]);
  answers = { "192.0.2.1": "b.example", "192.0.2.2": "c.example" };
  now = 599_999;
  assertEquals(await names.of(both), ["192.0.2.1 (a.example)", "192.0.2.2"]);
  assertEquals(asked, both);
  now = 600_000;
  assertEquals(await names.of(both), ["192.0.2.1 (b.example)", "192.0.2.2 (c.example)"]);
  // One that went away and came back is looked up again
  assertEquals(await names.of(["192.0.2.2"]), ["192.0.2.2 (c.example)"]);
  await names.of(both);
  assertEquals(asked, [...both, ...both, "192.0.2.1"]);
});

Deno.test("a name server that does not answer delays the page by a second, and its answer comes later", async () => {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const names = new OwnNames(() => promise, () => 0);
  assertEquals(await names.of(["2001:db8::1"]), ["2001:db8::1"]);
  resolve("late.example");
  assertEquals(await names.of(["2001:db8::1"]), ["2001:db8::1 (late.example)"]);
});
