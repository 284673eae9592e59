import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { fileURLToPath } from "node:url";
import { Failure } from "../../src/host/failure.ts";
import { interfaceNamed, interfaces, sourceAddress } from "../../src/host/interface.ts";
import { rootTest } from "../lab/root.ts";
import { TestNamespace } from "./test_namespace.ts";

const script = fileURLToPath(new URL("inside.ts", import.meta.url));

function ask(sandbox: TestNamespace, ...question: string[]) {
  return JSON.parse(sandbox.exec(Deno.execPath(), "run", "-A", script, ...question));
}

Deno.test("the loopback interface is there, and its addresses are sources", () => {
  const lo = interfaceNamed("lo");
  assert(lo.up && lo.loopback);
  assertEquals(sourceAddress(lo, 4), "127.0.0.1");
  assert(interfaces().some((found) => found.name === "lo"));
});

Deno.test("an interface that is not there is refused with a list of those that are", () => {
  assertThrows(() => interfaceNamed("nonesuch"), Failure, "there is no interface nonesuch: choose");
  assertThrows(() => interfaceNamed("nonesuch"), Failure, "lo");
});

rootTest("an interface's addresses that packets can be sent from", () => {
  using sandbox = new TestNamespace();
  sandbox.ip("address add 10.1.0.9/24 dev one");
  sandbox.ip("address add fd01::9/64 dev one preferred_lft 0 nodad");
  const one = ask(sandbox, "named", "one");
  assertEquals(one.ipv4, ["10.1.0.1", "10.1.0.9"]);
  assertEquals(one.ipv6, ["fd01::1", "fd01::9"]);
  assert(one.up && one.carrier && !one.loopback);
});

rootTest("an interface that is down, or not connected, is refused with what to do", () => {
  using sandbox = new TestNamespace();
  sandbox.ip("link set dev one down");
  assertMatch(ask(sandbox, "named", "one").failure, /is down.*ip link set dev one up/);
  sandbox.ip("link set dev far-two down");
  assertMatch(ask(sandbox, "named", "two").failure, /two is not connected/);
});

rootTest("a family without an address is refused", () => {
  using sandbox = new TestNamespace();
  sandbox.ip("address del fd01::1/64 dev one");
  assertMatch(ask(sandbox, "source6", "one").failure, /no IPv6 address on one/);
});

rootTest("the default interface is that of the best default route, of IPv4 first", () => {
  using sandbox = new TestNamespace();
  sandbox.ip("route add unreachable default metric 4278198272");
  assertMatch(ask(sandbox, "default").failure, /no default route.*one/);
  sandbox.ip("-6 route add default via fd02::2");
  assertEquals(ask(sandbox, "default"), "two");
  sandbox.ip("route add default via 10.2.0.2 metric 200");
  sandbox.ip("route add default via 10.1.0.2 metric 100");
  assertEquals(ask(sandbox, "default"), "one");
});
