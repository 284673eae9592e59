import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { addressBytes } from "../../src/host/address.ts";
import { openNamespace, within } from "../../src/host/enter_namespace.ts";
import { libc } from "../../src/host/libc.ts";
import { OnlySource } from "../../src/host/only_source.ts";
import { Reactor } from "../../src/host/reactor.ts";
import { SourceAddress } from "../../src/host/source_address.ts";
import { rootTest } from "../lab/root.ts";
import { TestNamespace } from "./test_namespace.ts";

const script = fileURLToPath(new URL("inside.ts", import.meta.url));

function inside(sandbox: TestNamespace, question: string, argument = "") {
  return JSON.parse(sandbox.exec(Deno.execPath(), "run", "-A", script, question, argument));
}

const DESTINATIONS = ["192.0.2.1", "10.1.0.77", "10.2.0.77", "10.9.0.1"];

/** What `ip route get` says of the source of packets to them. */
function byKernel(sandbox: TestNamespace, through = " oif one"): (string | undefined)[] {
  return DESTINATIONS.map((destination) =>
    / src (\S+)/.exec(sandbox.ip(`route get ${destination}${through}`))?.[1]
  );
}

function bySpider(sandbox: TestNamespace, more: readonly string[] = []) {
  const destinations = [...DESTINATIONS, ...more];
  return inside(sandbox, "sources", JSON.stringify({ name: "one", destinations }));
}

rootTest("an interface with one address needs no question for each destination", () => {
  using sandbox = new TestNamespace();
  sandbox.ip("route add default via 10.1.0.2");
  const found = bySpider(sandbox, ["10.1.0.1", "10.1.0.255", "127.0.0.1", "10.2.0.1", "224.0.0.1"]);
  assertEquals([found.only, found.sources.slice(0, 4)], ["10.1.0.1", byKernel(sandbox)]);
  // This host itself, and what stands for many
  assertEquals(found.asked, ["10.1.0.1", "10.1.0.255", "127.0.0.1", "10.2.0.1", "224.0.0.1"]);
});

for (
  const [what, commands] of Object.entries({
    "an address of the link alone": ["address add 169.254.1.1/16 dev one scope link"],
    "no address that is good everywhere": [
      "address del 10.1.0.1/24 dev one",
      "address add 10.1.0.1/24 dev one scope site",
      "route add default via 10.1.0.2",
    ],
    "a second address": ["address add 10.1.1.1/24 dev one"],
    "a route that prefers another source": ["route add 10.9.0.0/16 dev one src 10.2.0.1"],
    "such a route of another table, for some": [
      "route add 10.9.0.0/16 via 10.1.0.2 dev one src 10.2.0.1 table 700",
      "rule add to 10.9.0.0/16 lookup 700",
    ],
    "a route that sends nothing": ["route add unreachable 10.9.0.0/16"],
    "a next hop object": ["nexthop add id 7 via 10.1.0.2 dev one", "route add 10.9.0.0/16 nhid 7"],
  })
) {
  rootTest(`the kernel is asked where there is ${what}`, () => {
    using sandbox = new TestNamespace();
    sandbox.ip("route add default via 10.1.0.2");
    for (const command of commands) sandbox.ip(command);
    const { only, sources } = bySpider(sandbox);
    assertEquals([only, sources], [null, byKernel(sandbox)]);
  });
}

/** Calls with this thread in the namespace. */
function inNamespace<T>(sandbox: TestNamespace, call: () => T): T {
  const namespace = openNamespace(`/run/netns/${sandbox.name}`);
  try {
    return within(namespace, call);
  } finally {
    libc.close(namespace);
  }
}

/** A host with 10.1.0.1 alone, and a default route. */
function plainHost(): TestNamespace {
  const sandbox = new TestNamespace();
  sandbox.ip("address del 10.2.0.1/24 dev two");
  sandbox.ip("route add default via 10.1.0.2");
  return sandbox;
}

rootTest("a host with one address and a default route needs no question either", () => {
  using sandbox = plainHost();
  sandbox.ip("route add 10.9.0.0/16 dev two");
  const only = inNamespace(sandbox, () => OnlySource.of(null))!;
  assertEquals(DESTINATIONS.map(() => only.address), byKernel(sandbox, ""));
  const isFor = (one: string) => only.isFor(addressBytes(one));
  assertEquals(DESTINATIONS.map(isFor), [true, true, true, true]);
  const own = ["10.1.0.1", "10.1.0.255", "127.0.0.1", "224.0.0.1"];
  assertEquals(own.map(isFor), [false, false, false, false]);
});

for (
  const [what, commands] of Object.entries({
    "a second address on another interface": ["address add 10.2.0.1/24 dev two"],
    "no route for all others": ["route del default"],
    "one for all others of one class of traffic": [
      "route del default",
      "route add default via 10.1.0.2 tos 0x10",
    ],
    "one for all others in a table that is not asked": [
      "route del default",
      "route add default via 10.1.0.2 table 700",
    ],
    "a rule for some": ["rule add to 10.9.0.0/16 unreachable"],
    "a route for some that sends nothing": ["route add unreachable 10.9.0.0/16"],
  })
) {
  rootTest(`the kernel is asked where a host has ${what}`, () => {
    using sandbox = plainHost();
    const only = () => inNamespace(sandbox, () => OnlySource.of(null)?.address);
    assertEquals(only(), "10.1.0.1");
    for (const command of commands) sandbox.ip(command);
    assertEquals(only(), undefined);
  });
}

for (const name of ["one", null]) {
  rootTest(
    `a change of the only source is followed, through ${name ?? "any interface"}`,
    async () => {
      using sandbox = plainHost();
      using reactor = new Reactor();
      using source = inNamespace(sandbox, () => new SourceAddress(reactor, 4, name, undefined));
      const destination = addressBytes("10.9.0.1");
      assertEquals(source.towards(destination), "10.1.0.1");
      sandbox.ip("address add 10.2.0.1/24 dev two");
      sandbox.ip("route add 10.9.0.0/16 dev one src 10.2.0.1");
      assertEquals(source.towards(destination), "10.1.0.1");
      reactor.onTurn(() => reactor.stop());
      await reactor.run();
      assertEquals(source.towards(destination), "10.2.0.1");
    },
  );
}

rootTest("blocks for documentation are those that no table has a route to", () => {
  using sandbox = new TestNamespace();
  sandbox.ip("route add default via 10.1.0.2");
  const all = ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"];
  assertEquals(inside(sandbox, "documentation"), all);
  sandbox.ip("route add 192.0.2.128/25 via 10.1.0.2 table 700");
  sandbox.ip("route add blackhole 203.0.113.0/24");
  sandbox.ip("route add 198.51.0.0/16 via 10.1.0.2");
  sandbox.ip("-6 route add 2001:db8:1::/48 via fd01::2");
  assertEquals(inside(sandbox, "documentation"), ["198.51.100.0/24"]);
});
