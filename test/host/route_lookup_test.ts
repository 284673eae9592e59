import { assert, assertEquals, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";
import { rootTest } from "../lab/root.ts";
import { TestNamespace } from "./test_namespace.ts";

const script = fileURLToPath(new URL("inside.ts", import.meta.url));

function way(sandbox: TestNamespace, destination: string, options = {}) {
  const question = JSON.stringify({ destination, options });
  return JSON.parse(sandbox.exec(Deno.execPath(), "run", "-A", script, "way", question));
}

rootTest("the way to a destination is the kernel's, by rules, marks and sources", () => {
  using sandbox = new TestNamespace();
  sandbox.ip("route add default via 10.1.0.2");
  sandbox.ip("-6 route add default via fd01::2");
  sandbox.ip("route add default via 10.2.0.2 table 70000");
  sandbox.ip("-6 route add default via fd02::2 table 70000");
  const plain = way(sandbox, "192.0.2.1");
  assertEquals([plain.name, plain.gateway, plain.source, plain.table], [
    "one",
    "10.1.0.2",
    "10.1.0.1",
    254,
  ]);
  assertEquals(way(sandbox, "2001:db8::1").gateway, "fd01::2");
  for (const family of ["-4", "-6"]) sandbox.ip(`${family} rule add fwmark 7 lookup 70000`);
  const marked = way(sandbox, "192.0.2.1", { mark: 7 });
  assertEquals([marked.name, marked.table], ["two", 70000]);
  assertEquals(way(sandbox, "2001:db8::1", { mark: 7 }).table, 70000);
  sandbox.ip("rule add from 10.2.0.1 lookup 70000");
  assertEquals(way(sandbox, "192.0.2.1", { source: "10.2.0.1" }).name, "two");
  sandbox.ip("rule add uidrange 7-9 lookup 70000");
  assertEquals(way(sandbox, "192.0.2.1", { user: 8 }).name, "two");
  // The source that the first look-up gives decides the second, as for a connection
  sandbox.ip("rule add from 10.1.0.1 lookup 70000");
  assertEquals(way(sandbox, "192.0.2.1").name, "two");
  assert(way(sandbox, "10.1.0.1").local);
});

rootTest("an IPv6 route for one source only is found by the source that the kernel takes", () => {
  using sandbox = new TestNamespace();
  sandbox.ip("-6 route add default from fd02::/64 via fd02::2");
  sandbox.ip("-6 address del fd01::1/64 dev one");
  const found = way(sandbox, "2001:db8::1");
  assertEquals([found.name, found.gateway], ["two", "fd02::2"]);
});

rootTest("why there is no way is told in words", () => {
  using sandbox = new TestNamespace();
  sandbox.ip("route add unreachable 10.91.0.0/16");
  sandbox.ip("route add prohibit 10.92.0.0/16");
  sandbox.ip("route add blackhole 10.93.0.0/16");
  sandbox.ip("-6 route add prohibit fd92::/16");
  assertMatch(way(sandbox, "192.0.2.1").why, /no route leads there/);
  assertMatch(way(sandbox, "10.91.0.1").why, /`unreachable`/);
  assertMatch(way(sandbox, "10.92.0.1").why, /`prohibit`/);
  assertMatch(way(sandbox, "10.93.0.1").why, /`blackhole`/);
  assertMatch(way(sandbox, "fd92::1").why, /`prohibit`/);
});
