import { assertEquals, assertThrows } from "@std/assert";
import { Failure } from "../../src/host/failure.ts";
import { ecnRoutes } from "../../src/host/route_text.ts";

/** The arguments of `ip route add`, a line a route. */
function routes(text: string, name = "eth0"): string[] {
  return ecnRoutes(text, name).map((words) => words.join(" "));
}

Deno.test("routes of the interface are copied, connected ones first, what is volatile dropped", () => {
  const text = `\
default via 192.0.2.1 dev eth0 proto dhcp src 192.0.2.2 metric 100 mtu lock 1400
10.0.0.0/8 via inet6 fe80::1 dev eth0 nhid 7 onlink
172.16.0.0/12 dev tun0 scope link
192.0.2.0/24 dev eth0 proto kernel scope link src 192.0.2.2 metric 100 linkdown
`;
  assertEquals(routes(text), [
    "192.0.2.0/24 dev eth0 scope link src 192.0.2.2 metric 100 features ecn",
    "default via 192.0.2.1 dev eth0 src 192.0.2.2 metric 100 mtu lock 1400 features ecn",
    "10.0.0.0/8 via inet6 fe80::1 dev eth0 onlink features ecn",
  ]);
});

Deno.test("routes of IPv6 lose their time of expiry", () => {
  const text =
    "default via fe80::1 dev eth0 proto ra metric 1024 expires 1790sec hoplimit 64 pref medium\n";
  assertEquals(routes(text), [
    "default via fe80::1 dev eth0 metric 1024 hoplimit 64 pref medium features ecn",
  ]);
});

Deno.test("of a route with several ways those through the interface are kept", () => {
  const text =
    "default proto static \\\tnexthop via 10.1.0.2 dev eth0 weight 2 \\\tnexthop via 10.2.0.2 dev eth1 weight 1 linkdown\n";
  assertEquals(routes(text), ["default features ecn nexthop via 10.1.0.2 dev eth0 weight 2"]);
  assertEquals(routes(text, "eth1"), [
    "default features ecn nexthop via 10.2.0.2 dev eth1 weight 1",
  ]);
  assertEquals(routes(text, "eth2"), []);
});

Deno.test("what the main table refuses is left to it, unless the interface has a way there", () => {
  const text = `\
default via 192.0.2.1 dev eth0
blackhole 10.9.0.0/16
unreachable default metric 4278198272
10.5.0.0/16 tos 0x10 via 192.0.2.9 dev eth0
prohibit 10.5.0.0/16
`;
  assertEquals(routes(text), [
    "default via 192.0.2.1 dev eth0 features ecn",
    "10.5.0.0/16 tos 0x10 via 192.0.2.9 dev eth0 features ecn",
    "throw 10.9.0.0/16",
    "throw 10.5.0.0/16",
  ]);
});

Deno.test("a route that asks for ECN by itself spoils the baseline", () => {
  assertThrows(
    () => routes("default via 192.0.2.1 dev eth0 features ecn\n"),
    Failure,
    "sets TCP features of its own",
  );
});
