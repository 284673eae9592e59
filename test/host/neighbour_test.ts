import { assertEquals, assertThrows } from "@std/assert";
import { fileURLToPath } from "node:url";
import { Failure } from "../../src/host/failure.ts";
import { factsOf } from "../../src/host/neighbour.ts";
import { dumpLinks } from "../../src/host/netlink/link.ts";
import { NETLINK, withNetlink } from "../../src/host/netlink/socket.ts";
import { rootTest } from "../lab/root.ts";
import { TestNamespace } from "./test_namespace.ts";

const script = fileURLToPath(new URL("inside.ts", import.meta.url));

/** @param through a command line that runs the one behind it */
function inside(
  sandbox: TestNamespace,
  question: string,
  argument: unknown,
  through: readonly string[] = [],
) {
  const words = typeof argument === "string" ? argument : JSON.stringify(argument);
  const line = [...through, Deno.execPath(), "run", "-A", script, question, words];
  return JSON.parse(sandbox.exec(...line as [string, ...string[]]));
}

function linkOf(sandbox: TestNamespace, name: string): { address: string } {
  return JSON.parse(sandbox.ip(`-j link show dev ${name}`))[0];
}

function octets(address: string): number[] {
  return address.split(":").map((octet) => parseInt(octet, 16));
}

rootTest("a neighbour is looked for, over both IP versions, also by an address of the link", () => {
  using sandbox = new TestNamespace();
  using other = new TestNamespace();
  other.ip("link del one");
  sandbox.ip(`link set dev far-one netns ${other.name}`);
  other.ip("address add 10.1.0.2/24 dev far-one");
  other.ip("address add fd01::2/64 dev far-one nodad");
  other.ip("address add fe80::77/64 dev far-one nodad");
  other.ip("link set dev far-one up");
  const expected = octets(linkOf(other, "far-one").address);
  for (const address of ["10.1.0.2", "fd01::2", "fe80::77%one"]) {
    assertEquals(inside(sandbox, "neighbour", { address, name: "one" }), expected, address);
  }
  // What is known already is not asked for
  sandbox.ip("neigh replace 10.1.0.3 lladdr 02:00:00:00:00:07 dev one nud permanent");
  assertEquals(
    inside(sandbox, "neighbour", { address: "10.1.0.3", name: "one" }),
    [2, 0, 0, 0, 0, 7],
  );
});

rootTest("a router that does not answer, or has the address of a group, is named", () => {
  using sandbox = new TestNamespace();
  // Three questions, so that it does not take three seconds
  for (const version of ["ipv4", "ipv6"]) {
    sandbox.exec("sysctl", "-qw", `net.${version}.neigh.one.retrans_time_ms=20`);
  }
  const ask = (address: string) => inside(sandbox, "neighbour", { address, name: "one" }).failure;
  const see = "see `ip neigh show dev one`";
  assertEquals(
    ask("10.1.0.2"),
    `the router 10.1.0.2 does not answer ARP on one: ${see} and that the router is up`,
  );
  assertEquals(
    ask("fd01::2"),
    `the router fd01::2 does not answer neighbour discovery on one: ${see} and that the router is up`,
  );
  const without = ["setpriv", "--bounding-set=-net_admin"];
  assertEquals(
    inside(sandbox, "neighbour", { address: "10.1.0.4", name: "one" }, without).failure,
    "not allowed to look for the router 10.1.0.4: run as root, or with the capability " +
      "CAP_NET_ADMIN, or have the host know it by `ping`",
  );
  sandbox.ip("neigh replace 10.1.0.3 lladdr 01:00:5e:00:00:01 dev one nud permanent");
  assertEquals(
    ask("10.1.0.3"),
    `the router 10.1.0.3 on one has a link address that no single host has: ${see}`,
  );
});

rootTest("what stands before the IP header on an interface, and how long packets may be", () => {
  using sandbox = new TestNamespace();
  sandbox.ip("tuntap add dev tunnel mode tun");
  sandbox.ip("link set dev tunnel mtu 1400");
  assertEquals(inside(sandbox, "link", "tunnel"), { layer: "none", mtu: 1400, address: [] });
  const { address } = linkOf(sandbox, "one");
  assertEquals(inside(sandbox, "link", "one"), {
    layer: "ethernet",
    mtu: 1500,
    address: octets(address),
  });
  assertEquals(inside(sandbox, "link", "lo").layer, "loopback");
  assertEquals(inside(sandbox, "link", "gone"), { failure: "the interface gone is gone" });
});

Deno.test("an interface whose packets are of another kind is refused", () => {
  const [lo] = withNetlink(NETLINK.route, dumpLinks);
  // Infiniband
  assertThrows(
    () => factsOf({ ...lo!, name: "ib0", type: 32 }),
    Failure,
    "packets on the interface ib0 are of a kind that cannot be sent whole (type 32 of " +
      "linux/if_arp.h): scan from an Ethernet interface or an IP tunnel",
  );
});
