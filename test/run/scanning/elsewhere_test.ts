import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { openNamespace, within } from "../../../src/host/enter_namespace.ts";
import { interfaceNamed } from "../../../src/host/interface.ts";
import { libc } from "../../../src/host/libc.ts";
import { elsewhere, notTheSame } from "../../../src/run/scanning/elsewhere.ts";
import { waysOut } from "../../../src/run/scanning/way_out.ts";
import { type Prefix, PrefixSet, readPrefix } from "../../../src/target/prefix.ts";
import { TestNamespace } from "../../host/test_namespace.ts";
import { rootTest } from "../../lab/root.ts";

const prefix = (text: string) => readPrefix(text) as Prefix;
const ALL = prefix("0.0.0.0/0");

/** A route to a prefix. */
function route(text: string, same: boolean, metric = 0, here = true) {
  return { prefix: prefix(text), length: Number(text.split("/")[1]), metric, here, same };
}

/** Whether addresses are led elsewhere. */
function led(routes: readonly ReturnType<typeof route>[], addresses: readonly string[]): boolean[] {
  const set = new PrefixSet(notTheSame(ALL, routes));
  return addresses.map((address) => set.has(address));
}

Deno.test("the longest prefix says where an address is led, and no route leads nowhere", () => {
  const routes = [
    route("10.0.0.0/8", true),
    route("10.1.0.0/16", false),
    route("10.1.2.0/24", true),
    route("10.1.2.3/32", false),
  ];
  assertEquals(
    led(routes, ["10.0.0.0", "10.255.255.255", "10.1.2.2", "10.1.2.4"]),
    [false, false, false, false],
  );
  assertEquals(
    led(routes, ["0.0.0.0", "9.255.255.255", "10.1.0.0", "10.1.255.255", "10.1.2.3", "11.0.0.0"]),
    Array(6).fill(true),
  );
  assertEquals(notTheSame(ALL, [route("0.0.0.0/0", true)]), []);
  assertEquals(notTheSame(ALL, []), [ALL]);
  assertEquals(led([route("0.0.0.0/0", false, 5), route("0.0.0.0/0", true, 1)], ["1.1.1.1"]), [
    false,
  ]);
});

Deno.test("any routes lead each address as a look-up of the longest prefix does", () => {
  const some = fc.array(
    fc.record({
      octets: fc.tuple(...Array(4).fill(fc.constantFrom(0, 1, 127, 128, 255))),
      length: fc.constantFrom(0, 1, 7, 8, 9, 16, 24, 31, 32),
      way: fc.constantFrom("same", "here", "there"),
      metric: fc.nat(3),
    }),
    { maxLength: 12 },
  );
  const address = fc.tuple(...Array(4).fill(fc.constantFrom(0, 1, 127, 128, 255)));
  fc.assert(fc.property(some, address, (given, octets) => {
    const routes = given.map(({ octets, length, way, metric }) =>
      route(`${octets.join(".")}/${length}`, way === "same", metric, way !== "there")
    );
    const text = octets.join(".");
    const fitting = routes.filter((one) => new PrefixSet([one.prefix]).has(text))
      .toSorted((a, b) =>
        b.length - a.length || Number(b.here) - Number(a.here) || a.metric - b.metric
      );
    // Of routes that are equal in all the kernel has one alone
    const [best] = fitting;
    const equal = fitting.filter(({ length, here, metric }) =>
      length === best?.length && here === best.here && metric === best.metric
    );
    if (new Set(equal.map(({ same }) => same)).size > 1) return;
    assertEquals(led(routes, [text]), [best === undefined || !best.same]);
  }));
});

/** Which of some addresses the kernel's routes lead elsewhere, by their IP version, for a scan by `one`. */
function ledBy(sandbox: TestNamespace, addresses: readonly string[], first: string): boolean[] {
  const namespace = openNamespace(`/run/netns/${sandbox.name}`);
  try {
    return within(namespace, () => {
      const device = interfaceNamed("one");
      const sources = { 4: device.ipv4, 6: device.ipv6 };
      const ways = waysOut({ device, prefixes: [first], sources });
      const family = first.includes(":") ? 6 : 4;
      const set = new PrefixSet(elsewhere(family, device, ways[family]));
      return addresses.map((address) => set.has(address));
    });
  } finally {
    libc.close(namespace);
  }
}

rootTest(
  "routes of the kernel: other interfaces, other routers, none, and this host are elsewhere",
  () => {
    using sandbox = new TestNamespace();
    sandbox.ip("route add default via 10.1.0.9 dev one");
    sandbox.ip("route add 10.5.0.0/16 via 10.2.0.9 dev two");
    sandbox.ip("route add 10.6.0.0/16 via 10.1.0.8 dev one");
    sandbox.ip("route add unreachable 10.7.0.0/16");
    sandbox.ip("route add 10.8.0.0/16 via 10.1.0.9 dev one");
    const addresses = [
      "8.8.8.8",
      "10.8.0.1",
      "10.5.0.1",
      "10.6.0.1",
      "10.7.0.1",
      "10.1.0.1",
      "10.1.0.7",
    ];
    assertEquals(ledBy(sandbox, addresses, "8.8.8.0/24"), [
      ...[false, false, true, true, true, true, true],
    ]);
  },
);

rootTest(
  "a default route of another interface does not take what this one has a default route for",
  () => {
    using sandbox = new TestNamespace();
    sandbox.ip("route add default via 10.2.0.9 dev two metric 10");
    sandbox.ip("route add default via 10.1.0.9 dev one metric 20");
    sandbox.ip("route add default via fd02::9 dev two metric 10");
    sandbox.ip("route add default via fd01::9 dev one metric 20");
    assertEquals(ledBy(sandbox, ["8.8.8.8", "10.2.0.7"], "8.8.8.0/24"), [false, true]);
    assertEquals(ledBy(sandbox, ["2001:db8::1", "fd02::7"], "2001:db8::/64"), [false, true]);
  },
);

rootTest("one of several next hops is a way, and so is an IPv6 router for IPv4", () => {
  using sandbox = new TestNamespace();
  sandbox.ip("route add default nexthop via 10.1.0.9 dev one nexthop via 10.2.0.9 dev two");
  sandbox.ip("route add 10.5.0.0/16 via inet6 fe80::9 dev one");
  assertEquals(ledBy(sandbox, ["8.8.8.8", "10.5.0.1"], "8.8.8.0/24"), [false, true]);
  assertEquals(ledBy(sandbox, ["8.8.8.8", "10.5.0.1"], "10.5.0.0/16"), [true, false]);
});
