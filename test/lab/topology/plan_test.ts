import { assertEquals, assertRejects } from "@std/assert";
import { Failure } from "../../../src/host/failure.ts";
import { holds, networkOf, overlap } from "../../../src/lab/topology/addresses.ts";
import type { PlannedRoute } from "../../../src/lab/topology/network_plan.ts";
import { planned } from "../live.ts";

/** What is wrong with a lab, line by line. */
async function faults(text: string): Promise<string[]> {
  const { message } = await assertRejects(() => planned(text), Failure) as Failure;
  return message.split("\n").map((line) => line.replace("lab.yaml:", ""));
}

/** The ways of a node to a prefix, by the names of the next nodes. */
async function ways(text: string): Promise<(node: string, to: string) => string[]> {
  const plan = await planned(text);
  const owner = new Map(
    plan.nodes.flatMap(({ name, interfaces }) =>
      interfaces.flatMap(({ addresses }) => addresses.map(({ address }) => [address, name]))
    ),
  );
  return (name, to) => {
    const { routes } = plan.nodes.find((node) => node.name === name)!;
    const route = routes.find((one: PlannedRoute) => one.to.text === to);
    return (route?.hops ?? []).map(({ address }) => owner.get(address)!).sort();
  };
}

const HOSTS = `hosts: { client: , server: { serves: [10.20.0.0/16, "fd53:20::/64"] } }\n`;

Deno.test("packets take all shortest ways, and hosts are no way", async () => {
  const of = await ways(`
hosts: { client: , other: , server: { serves: [10.20.0.0/16, "fd53:20::/64"] } }
routers: { in: , one: , two: , long: , longer: , out: }
links:
  - [client, in]
  - [in, one]
  - [in, two]
  - [one, out]
  - [two, out]
  - [in, long]
  - [long, longer]
  - [longer, out]
  - [out, server]
  - [in, other]
  - [other, out]
`);
  for (const to of ["10.20.0.0/16", "fd53:20::/64"]) {
    assertEquals(of("client", to), ["in"]);
    assertEquals(of("in", to), ["one", "two"]);
    assertEquals(of("long", to), ["longer"]);
    assertEquals(of("out", to), ["server"]);
    assertEquals(of("server", to), []);
  }
  // The link of the client, for answers
  assertEquals(of("server", "100.64.0.0/29"), ["out"]);
  assertEquals(of("out", "100.64.0.0/29"), ["one", "two"]);
  assertEquals(of("client", "0.0.0.0/0"), ["in"]);
});

Deno.test("a way that is given is taken in its direction alone", async () => {
  const of = await ways(`${HOSTS}
routers: { edge: , there: , back: , exit: }
links: [[client, edge], [edge, there], [edge, back], [there, exit], [back, exit], [exit, server]]
routes:
  - { from: client, to: server, via: [edge, there, exit] }
  - { from: server, to: client, via: [exit, back, edge] }
`);
  assertEquals(of("edge", "10.20.0.0/16"), ["there"]);
  // The client serves nothing: it is known by the address of its link
  assertEquals(of("exit", "100.64.0.1/32"), ["back"]);
  assertEquals(of("exit", "10.20.0.0/16"), ["server"]);
});

Deno.test("a way leads to every address of its host, also by a link of another router", async () => {
  const of = await ways(`${HOSTS}
routers: { one: , two: }
links: [[client, one], [one, two], [one, server], [two, server]]
routes: [{ from: client, to: server, via: [one, two] }]
`);
  for (const to of ["10.20.0.0/16", "100.64.0.18/32", "100.64.0.26/32"]) {
    assertEquals(of("one", to), ["two"], to);
    assertEquals(of("two", to), ["server"], to);
  }
});

Deno.test("a tunnel carries what the links below leave it", async () => {
  const { links } = await planned(`${HOSTS}
routers: { in: , below: , out: , aside: }
links:
  - [client, in]
  - { between: [in, below], mtu: 1400 }
  - [below, out]
  - { between: [out, aside], mtu: 1300 }
  - { between: [in, out], tunnel: true }
  - [out, server]
`);
  assertEquals(links.map(({ mtu }) => mtu), [1500, 1400, 1500, 1300, 1380, 1500]);
});

Deno.test("parallel links are ways of their own", async () => {
  const plan = await planned(
    `${HOSTS}routers: { r: }\nlinks: [[client, r], [r, server], [r, server]]`,
  );
  const { routes } = plan.nodes.find(({ name }) => name === "r")!;
  assertEquals(routes.find(({ to }) => to.text === "10.20.0.0/16")!.hops.length, 2);
});

Deno.test("a lab without IPv6 has none of its addresses", async () => {
  const plan = await planned(
    "ipv6: false\nhosts: { a: , b: { serves: [10.1.0.0/16] } }\nlinks: [[a, b]]",
  );
  const families = plan.nodes.flatMap(({ interfaces, routes }) => [
    ...interfaces.flatMap(({ addresses }) => addresses.map(({ family }) => family)),
    ...routes.map(({ to }) => to.family),
  ]);
  assertEquals(new Set(families), new Set([4]));
});

Deno.test("what cannot be built is named with its place, all at once", async () => {
  assertEquals(
    await faults(`hosts:
  client: { serves: [10.20.5.0/24] }
  server: { serves: [10.20.0.0/16, 100.64.3.0/24] }
  alone:
routers:
  r:
    middleboxes:
      - ecn-claer
      - { middlebox: nat, port: 80 }
      - { middlebox: drop, to: nobody }
      - { middlebox: drop, direction: reverse }
  server:
links:
  - [client, r]
  - [r, server]
  - [r, r]
  - [r, sever]
  - { between: [r, client], jitter: 5 }
routes:
  - { from: client, to: server, via: [r, alone] }
`),
    [
      "3:22: 10.20.0.0/16 overlaps 10.20.5.0/24 of client",
      "3:36: 100.64.3.0/24 overlaps 100.64.0.0/10, which the links have",
      "4:3: there is no way from client to alone",
      "8:9: unknown middlebox ecn-claer; did you mean ecn-clear?",
      "9:27: nat cannot be told port",
      "10:32: nobody is neither a host nor a prefix",
      "11:39: a direction needs to: it says what lies behind the middlebox",
      "12:3: there is a host server already",
      "16:5: r cannot be joined with itself",
      "17:5: unknown host or router sever; did you mean server?",
      "18:37: jitter is more than the delay, 0 ms",
      "20:5: alone is a host, which packets do not go through",
    ],
  );
  assertEquals(
    await faults(`hosts: { a: , b: }
routers: { r: , s: }
links: [[a, r], [s, b], { between: [r, s], tunnel: true, rate: 5mbit }, { between: [a, s], tunnel: true }]
`),
    [
      "3:25: there is no way from r to s for a tunnel",
      "3:58: a tunnel has no rate: the links that it goes over have",
      "3:73: a is a host, and a tunnel joins two routers",
      "3:73: there is no way from a to s for a tunnel",
    ],
  );
  assertEquals(
    await faults(`hosts: { a: , b: }
routers: { r: , s: , t: }
links:
  - [a, r]
  - { between: [r, s], mtu: 1280 }
  - { between: [r, s], tunnel: true, mtu: 1281 }
  - { between: [s, r], tunnel: true }
  - [s, b]
  - [r, t]
  - [t, s]
  - { between: [t, s], mtu: 600 }
routes:
  - { from: a, to: b, via: [r, s] }
  - { from: t, to: b, via: [r, s] }
  - { from: a, to: b, via: [r, t, s] }
  - { from: b, to: r, via: [s] }
`),
    [
      "6:43: a tunnel over these links carries 1260 octets at most: its header takes 20",
      "7:5: there is a tunnel between s and r already",
      "7:5: a link of IPv6 carries 1280 octets at least, this one 1260; ipv6: false makes a lab of IPv4 alone",
      "11:5: a link of IPv6 carries 1280 octets at least, this one 600; ipv6: false makes a lab of IPv4 alone",
      "15:5: what is for b goes from r to s already: a router chooses by where a packet goes to, not by where it came from",
      "15:5: what is for b goes from t to r already: a router chooses by where a packet goes to, not by where it came from",
      "16:5: r is a router, and a way leads to a host",
    ],
  );
  assertEquals(await faults("hosts: {}\nrouters: { r: , s: }\nlinks: [[r, s]]"), [
    "1:8: a lab needs a host",
  ]);
  assertEquals(await faults("hosts: { a: }\nlinks: []"), [
    "2:8: links must be one link or more, at most 500",
  ]);
  assertEquals(await faults("hosts: { A: }\nlinks: [[A, b]]"), [
    "1:10: the name A must be lower case letters, digits and dashes, at most 40",
    "2:10: links.0.0 must be lower case letters, digits and dashes, at most 40",
  ]);
});

Deno.test("networks are compared whatever their spelling", () => {
  const network = networkOf("10.20.37.1/21");
  assertEquals(network.text, "10.20.32.0/21");
  assertEquals(networkOf("fd53:0020::1").text, "fd53:20::1/128");
  assertEquals(holds(network, networkOf("10.20.39.255")), true);
  assertEquals(holds(network, networkOf("10.20.40.0")), false);
  assertEquals(overlap(networkOf("10.20.39.0/24"), network), true);
  assertEquals(overlap(networkOf("::/0"), network), false);
});
