import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Failure } from "../../../src/host/failure.ts";
import { bundledNames, loadBundled } from "../../../src/plugin/bundled.ts";
import { planned, TestLab } from "../live.ts";
import { rootTest } from "../root.ts";
import { runTester, type Tested } from "./tester.ts";

/** Ports of the host a at which packets get lost, and nobody listens. */
const LOST = 9;
const CLOSED = 8;

const LAB = `hosts:
  client:
  a: { services: [nginx, unbound, iperf3-server, nginx-tracker, aria2-seed] }
  b: { services: [caddy] }
  c: { services: [ngtcp2-server, lighttpd, dnsmasq] }
  d: { services: [ngtcp2-server] }
  e: { services: [{ service: nginx, versions: ["1.2"] }, { service: caddy, versions: ["1.3"], port: 444 }] }
routers:
  r: { middleboxes: [{ middlebox: drop, to: a, port: ${LOST} }] }
  s: { middleboxes: [ecn-clear] }
links: [[client, r], [a, r], [b, r], [c, r], [e, r], [r, s], [d, s]]
`;

/** A tester, what it tests, and the conditions that must come out over both IP versions. */
type Case = readonly [tester: string, tested: Tested, conditions: readonly string[]];

async function check(lab: TestLab, [name, tested, wanted]: Case): Promise<void> {
  for (const family of [4, 6] as const) {
    const { conditions, metrics } = await runTester(lab, name, tested, family);
    const what = `${name} over IPv${family}: ${JSON.stringify(tested)}`;
    assertEquals(conditions, wanted, what);
    for (const [metric, value] of Object.entries(metrics)) assert(value >= 0, `${what} ${metric}`);
  }
}

rootTest("testers meet web servers and name servers, and say when nobody answers", async () => {
  await using lab = await TestLab.open(LAB);
  const on = (service: string, speaks: string, more: Partial<Tested> = {}): Tested => ({
    ...{ service, speaks },
    ...more,
  });
  const lost = (options: Tested["options"] = { seconds: 1 }) => ({ port: LOST, options });
  const closed = { port: CLOSED };
  const failed = "curl.request.failed";
  const cases: readonly Case[] = [
    ["curl", on("nginx", "http 1.1", { host: "a" }), ["curl.request.succeeded"]],
    ["curl", on("nginx", "http 2"), ["curl.request.succeeded"]],
    ["curl", on("caddy", "http 2"), ["curl.request.succeeded"]],
    ["curl", on("lighttpd", "http 2-cleartext"), ["curl.request.succeeded"]],
    ["curl", on("nginx", "tls 1.2", { host: "e" }), ["curl.request.succeeded"]],
    ["curl", on("caddy", "tls 1.3", { host: "e" }), ["curl.request.succeeded"]],
    ["curl", on("nginx", "http 2", closed), [failed, "curl.connection.failed"]],
    ["curl", on("nginx", "http 2", { port: 80 }), [failed, "curl.tls.failed"]],
    ["curl", on("nginx", "http 2", lost({ seconds: 0.3 })), [
      ...[failed, "curl.request.late", "curl.connection.failed"],
    ]],
    ["h2load", on("nginx", "http 1.1"), ["h2load.requests.all"]],
    ["h2load", on("nginx", "http 2", { options: { streams: 5 } }), ["h2load.requests.all"]],
    ["h2load", on("lighttpd", "http 2-cleartext"), ["h2load.requests.all"]],
    ["h2load", on("nginx", "http 2", closed), ["h2load.requests.none"]],
    ["h2load", on("nginx", "http 2", lost()), ["h2load.requests.none"]],
    ["dnsperf", on("unbound", "dns udp"), ["dnsperf.queries.all", "dnsperf.answers.good"]],
    ["dnsperf", on("unbound", "dns tcp"), ["dnsperf.queries.all", "dnsperf.answers.good"]],
    ["dnsperf", on("dnsmasq", "dns udp"), ["dnsperf.queries.all", "dnsperf.answers.good"]],
    ["dnsperf", on("unbound", "dns udp", { options: { query: ["a.test A"] } }), [
      ...["dnsperf.queries.all", "dnsperf.answers.bad"],
    ]],
    ["dnsperf", on("unbound", "dns tcp", { ...closed, options: { seconds: 1 } }), [
      "dnsperf.queries.none",
    ]],
    ["dnsperf", on("unbound", "dns udp", lost({ runs: 1, patience: 0.3 })), [
      "dnsperf.queries.none",
    ]],
  ];
  await Promise.all(cases.map((one) => check(lab, one)));
});

rootTest(
  "testers meet servers of QUIC, iperf3 and BitTorrent, and see what routers do",
  async () => {
    await using lab = await TestLab.open(LAB);
    const handshake = "ngtcp2-client.handshake.completed";
    const request = "ngtcp2-client.request.succeeded";
    const quic = (host: string, speaks: string, service = "ngtcp2-server") => ({
      ...{ service, host, speaks },
    });
    const cases: readonly Case[] = [
      ["ngtcp2-client", quic("c", "http 3"), [handshake, request, "ngtcp2-client.ecn.validated"]],
      ["ngtcp2-client", quic("d", "http 3"), [handshake, request, "ngtcp2-client.ecn.failed"]],
      ["ngtcp2-client", quic("b", "http 3", "caddy"), [
        ...[handshake, request, "ngtcp2-client.ecn.failed"],
      ]],
      ["ngtcp2-client", { ...quic("c", "http 3"), port: CLOSED, options: { seconds: 1 } }, [
        ...["ngtcp2-client.handshake.failed", "ngtcp2-client.request.failed"],
      ]],
      ["aria2-leech", { service: "aria2-seed", speaks: "bittorrent peer" }, [
        ...["aria2-leech.download.completed", "aria2-leech.peer.tested"],
      ]],
      ["aria2-leech", {
        ...{ service: "aria2-seed", speaks: "bittorrent peer", port: CLOSED },
        options: { seconds: 3 },
      }, ["aria2-leech.download.failed", "aria2-leech.peer.none"]],
    ];
    const iperf3 = { service: "iperf3-server", speaks: "iperf 3" };
    const busy = async () => {
      for (
        const [more, word] of [
          [{ options: { seconds: 1, rate: 1_000_000 } }, "succeeded"],
          [{ options: { seconds: 1, udp: true } }, "succeeded"],
          [{ port: CLOSED }, "failed"],
          [{ port: LOST, options: { patience: 0.3 } }, "failed"],
        ] as const
      ) {
        await check(lab, ["iperf3", { ...iperf3, ...more }, [`iperf3.transfer.${word}`]]);
      }
      const both = await Promise.all(
        [1, 2].map(() => runTester(lab, "iperf3", { ...iperf3, options: { seconds: 1 } }, 4)),
      );
      assertEquals(both.flatMap(({ conditions }) => conditions).sort(), [
        "iperf3.server.busy",
        "iperf3.transfer.failed",
        "iperf3.transfer.succeeded",
      ]);
    };
    await Promise.all([...cases.map((one) => check(lab, one)), busy()]);
    assertEquals(lab.faults, []);
  },
);

rootTest("a tracker that tells what it saw brings a leech to its seed", async () => {
  await using lab = await TestLab.open(`hosts:
  client:
  seed: { services: [aria2-seed] }
  tracker: { services: [opentracker] }
routers: { r: }
links: [[client, r], [seed, r], [tracker, r]]
`);
  const tested = { service: "aria2-seed", speaks: "bittorrent peer" };
  const { conditions, metrics: { octets } } = await runTester(lab, "aria2-leech", tested, 4);
  assertEquals(conditions, ["aria2-leech.download.completed", "aria2-leech.peer.tested"]);
  assertEquals(octets, 1 << 20);
  await assertRejects(
    () => runTester(lab, "aria2-leech", tested, 6),
    Error,
    "there is no tracker over IPv6 among its peers",
  );
  await lab[Symbol.asyncDispose]();
  assertEquals(lab.faults, []);
});

rootTest("every octet that an echo server gets comes back, however many ask", async () => {
  await using lab = await TestLab.open(
    "hosts: { client: , server: { services: [openbsd-inetd] } }\nlinks: [[client, server]]\n",
  );
  const addresses = lab.lab.node("server").interfaces[0]!.addresses;
  await Promise.all(addresses.flatMap(({ address }) =>
    ["STREAM", "DGRAM"].map(async (type) => {
      const asks = `timeout 20 perl -MIO::Socket::IP -MSocket=MSG_WAITALL -e 'for (1..300) {
        my $s = IO::Socket::IP->new(PeerHost => "${address}", PeerPort => 7, Type => SOCK_${type})
          or die $@;
        $s->send("x" x 700); $s->recv(my $got, 700, MSG_WAITALL); $count += length $got }
        print $count'`;
      assertEquals(await lab.sh("client", asks), "210000", `${address} ${type}`);
    })
  ));
  await lab[Symbol.asyncDispose]();
  assertEquals(lab.faults, []);
});

Deno.test("a lab has no place for a tester", async () => {
  const error = await assertRejects(
    () => planned("hosts: { a: { services: [curl] }, b: }\nlinks: [[a, b]]\n"),
    Failure,
  );
  assertEquals(
    (error as Failure).message,
    "lab.yaml:1:26: curl is a tester: it runs in experiments (spider help experiments)",
  );
});

rootTest("programs of services say their versions, where they have a way to", async () => {
  const versions: Record<string, string> = {};
  for (const name of bundledNames("service")) {
    const { program, asksVersion } = (await loadBundled("service", name))!;
    if (asksVersion === undefined) continue;
    const { stdout, stderr } = await new Deno.Command(program, { args: [...asksVersion] }).output();
    const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    versions[name] = said.split("\n").find((line) => /\d/.test(line)) ?? "";
  }
  for (const [name, line] of Object.entries(versions)) assertMatch(line, /\d+\.\d+/, name);
  const silent = bundledNames("service").filter((name) => !Object.hasOwn(versions, name));
  assertEquals(silent, ["ngtcp2-client", "ngtcp2-server", "openbsd-inetd", "opentracker"]);
});
