import { assert, assertEquals, assertMatch } from "@std/assert";
import { planLab } from "../../../src/lab/topology/plan.ts";
import { LiveLab } from "../../../src/lab/live/live_lab.ts";
import { results } from "../../spider.ts";
import { labNameHere, TestLab } from "../live.ts";
import { probe, replies } from "../mtr.ts";
import { rootTest } from "../root.ts";

const HOSTS = hostsWith("");

/** A client, and a server that runs some services. */
function hostsWith(services: string): string {
  return `hosts: { client: , server: { serves: [10.20.0.0/16, "fd53:20::/64"], services: [${services}] } }`;
}
const BOTH = ["ip-4 10.20.1.9", "ip-6 fd53:20::1:9"];
const BEHIND = `to: [10.20.1.0/24, "fd53:20::1:0/112"]`;

/** A lab of one router with middleboxes. */
function labOf(...middleboxes: string[]): Promise<TestLab> {
  return labServing("", ...middleboxes);
}

function labServing(services: string, ...middleboxes: string[]): Promise<TestLab> {
  return TestLab.open(`${hostsWith(services)}
routers: { edge: { middleboxes: [${middleboxes.join(", ")}] } }
links: [[client, edge], [edge, server]]
`);
}

/** Probes of both versions. */
function both(words: string): string[] {
  return BOTH.map((target) => `${target} ${words}`);
}

/** How many bits of a text each probe got: whether it was answered. */
async function answered(lab: TestLab, words: readonly string[]): Promise<boolean[]> {
  const answers = await probe(lab, "client", words.flatMap(both), 5);
  return answers.map((answer) => answer.startsWith("reply"));
}

rootTest(
  "middleboxes about UDP, fragments and ICMP drop what they name, and nothing else",
  async () => {
    const cases: readonly (readonly [string, readonly string[], readonly boolean[]])[] = [
      ["quic-drop", ["protocol udp port 443", "protocol udp port 444"], [false, true]],
      ["fragment-drop", ["size 2000", "size 500"], [false, true]],
      ["blackhole-icmp", ["size 100", "protocol udp port 444"], [false, false]],
      ["drop", ["size 100"], [false]],
    ];
    await Promise.all(cases.map(async ([box, words, truth]) => {
      await using lab = await labOf(`{ middlebox: ${box}, ${BEHIND} }`);
      assertEquals(await answered(lab, words), truth.flatMap((one) => [one, one]), box);
      // Nobody else's packets
      assertEquals(
        replies(await probe(lab, "client", ["ip-4 10.20.2.9", "ip-6 fd53:20::2:9"])),
        2,
        box,
      );
    }));
  },
);

rootTest("one direction, one port, a share of packets", async () => {
  await using lab = await labOf(
    `{ middlebox: drop, ${BEHIND}, port: 444 }`,
    `{ middlebox: "loss:100%", to: 10.20.2.0/24, direction: reverse, port: 445 }`,
    `{ middlebox: drop, to: 10.20.3.0/24, probability: 50% }`,
    `{ middlebox: "delay:1", to: 10.20.4.0/24, probability: 0.5 }`,
    `{ middlebox: drop, to: 10.20.5.0/24, probability: 100% }`,
  );
  assertEquals(await answered(lab, ["protocol udp port 444", "protocol udp port 445"]), [
    ...[false, false],
    ...[true, true],
  ]);
  const udp = (port: number) => `ip-4 10.20.2.9 protocol udp port ${port}`;
  // What comes back is an ICMP error of the server's, which has no ports
  assertEquals(replies(await probe(lab, "client", [udp(445)], 5)), 1);
  const half = replies(await probe(lab, "client", Array(200).fill("ip-4 10.20.3.9"), 1));
  // Eight times the deviation
  assert(half > 43 && half < 157, String(half));
  assertEquals(replies(await probe(lab, "client", ["ip-4 10.20.5.9"], 1)), 0);
  const delayed = await probe(lab, "client", Array(100).fill("ip-4 10.20.4.9"), 5);
  assertEquals(replies(delayed), 100);
});

rootTest("limits of packets and of connections hold", async () => {
  await using lab = await labServing(
    "nginx",
    `{ middlebox: "rate-limit:5", to: 10.20.1.0/24 }`,
    `{ middlebox: "conn-limit:2", to: 10.20.2.0/24 }`,
  );
  const began = performance.now();
  const back = replies(await probe(lab, "client", Array(50).fill(BOTH[0]), 1));
  const seconds = (performance.now() - began) / 1000;
  assert(back >= 5 && back <= 6 + 5 * seconds, `${back} in ${seconds} s`);
  const open = await lab.sh(
    "client",
    `bash -c 'exec 3<>/dev/tcp/10.20.2.1/80 4<>/dev/tcp/10.20.2.1/80; echo two
     timeout 1 bash -c "exec 5<>/dev/tcp/10.20.2.1/80" || echo no third'`,
  );
  assertEquals(open, "two\nno third\n");
});

rootTest(
  "a handshake for a name is dropped, one for another is not, in one segment or in two",
  async () => {
    await using lab = await labServing(
      "nginx",
      `{ middlebox: "sni-drop:bad.example", ${BEHIND}, port: 443 }`,
      `{ middlebox: ch-split-drop, to: 10.20.2.0/24 }`,
    );
    const get = (name: string, address: string) =>
      lab.sh(
        "client",
        `curl -skm 2 -o /dev/null -w '%{http_code}' --resolve ${name}:443:${address} https://${name}/`,
      );
    const codes = await Promise.all([
      get("bad.example", "10.20.1.1"),
      get("bad.example", "[fd53:20::1:1]"),
      get("good.example", "10.20.1.1"),
      get("bad.example", "10.20.2.1"),
    ]);
    assertEquals(codes, ["000", "000", "200", "200"]);
  },
);

rootTest("a router is silent, messages about packets that are too big are dropped", async () => {
  await using lab = await TestLab.open(`${HOSTS}
routers:
  one: { middleboxes: [silent-router] }
  two: { middleboxes: [{ middlebox: ptb-drop, to: ["fd53:20::1:0/112", 10.20.1.0/24] }] }
  three:
links: [[client, one], [one, two], [two, three], { between: [three, server], mtu: 1280 }]
`);
  const answers = await probe(lab, "client", both("ttl 1"), 1);
  assertEquals(answers, ["no-reply", "no-reply"]);
  await lab.sh(
    "client",
    `nft -f - <<'E'
table inet t {
  chain c {
    type filter hook input priority 0
    icmpv6 type packet-too-big counter
    icmp type destination-unreachable icmp code frag-needed counter
  }
}
E`,
  );
  const big = (address: string) => lab.sh("client", bigDatagram(address));
  const counts = async () =>
    [...(await lab.sh("client", "nft list table inet t")).matchAll(/packets (\d+)/g)].map((one) =>
      one[1]
    );
  await big("fd53:20::1:9");
  await big("10.20.1.9");
  assertEquals(await counts(), ["0", "0"]);
  await big("fd53:20::2:9");
  await big("10.20.2.9");
  assertEquals(await counts(), ["1", "1"]);
});

rootTest("traces name the MPLS label of a router, over both versions", async () => {
  await using lab = await TestLab.open(`${HOSTS}
routers: { one: , two: { middleboxes: ["mpls:24001"] }, three: }
links: [[client, one], [one, two], [two, three], [three, server]]
`);
  for (const target of ["10.20.1.9", "fd53:20::1:9"]) {
    const { out, err } = await lab.spider("client", ["trace", "--json", target]);
    const { result } = JSON.parse(out.split("\n")[0]!);
    const labels = result.map((hop: { result: { icmpext?: { obj: { mpls: unknown }[] } }[] }) =>
      hop.result[0]?.icmpext?.obj[0]?.mpls
    );
    assertEquals(labels, [
      undefined,
      [{ label: 24001, exp: 0, s: 1, ttl: 1 }],
      undefined,
      undefined,
    ], err);
  }
});

/** Sends a datagram of 1,400 octets that must not be fragmented (IP_MTU_DISCOVER, IPV6_MTU_DISCOVER). */
function bigDatagram(address: string): string {
  const [family, level, option, sockaddr] = address.includes(":")
    ? ["PF_INET6", 41, 23, `pack_sockaddr_in6(9, inet_pton(AF_INET6, "${address}"))`]
    : ["PF_INET", 0, 10, `pack_sockaddr_in(9, inet_aton("${address}"))`];
  return `perl -MSocket=:all -e 'socket(S, ${family}, SOCK_DGRAM, 0) or die; ` +
    `setsockopt(S, ${level}, ${option}, pack("i", 2)) or die; send(S, "x" x 1372, 0, ${sockaddr}) or die'`;
}

rootTest("nat shows the router's address to the server", async () => {
  await using lab = await labOf(`{ middlebox: nat, to: [10.20.1.0/24, "fd53:20::1:0/112"] }`);
  await lab.sh(
    "server",
    `nft -f - <<'E'
table inet t {
  chain c {
    type filter hook input priority 0
    ip saddr 100.64.0.9 counter
    ip6 saddr fd53:7069:6465:ff:1::1 icmpv6 type echo-request counter
  }
}
E`,
  );
  assertEquals(
    replies(await probe(lab, "client", [...BOTH, "ip-4 10.20.2.9", "ip-6 fd53:20::2:9"])),
    4,
  );
  const counts = (await lab.sh("server", "nft list table inet t")).match(/packets \d+/g);
  assertEquals(counts, ["packets 1", "packets 1"]);
});

rootTest("a middlebox that throws is reported once, and lets nothing through", async () => {
  const text =
    `${HOSTS}\nrouters: { edge: { middleboxes: ["delay:1"] } }\nlinks: [[client, edge], [edge, server]]`;
  const plan = await planLab(text, "lab.yaml", labNameHere());
  const nodes = plan.nodes.map((node) => ({
    ...node,
    boxes: node.boxes.map((planned) => ({
      ...planned,
      box: { ...planned.box, program: () => () => JSON.parse("{") },
    })),
  }));
  const faults: string[] = [];
  await using lab = LiveLab.open({ ...plan, nodes }, {
    restored: () => {},
    fault: (sentence) => faults.push(sentence),
  });
  const answers = await probe(TestLab.around(lab), "client", [...BOTH, ...BOTH], 1);
  assertEquals(replies(answers), 0);
  assertEquals(faults.length, 1);
  assertMatch(faults[0]!, /^The middlebox delay:1 drops what it fails at: /);
});

rootTest("a transparent proxy answers for the server, and leads everything on", async () => {
  await using lab = await TestLab.open(`
hosts: { client: , server: { serves: [10.20.0.0/16, "fd53:20::/64"], services: [nginx], sysctls: { net.ipv4.tcp_ecn: 0 } } }
routers: { edge: { middleboxes: [{ middlebox: transparent-proxy, ${BEHIND} }] } }
links: [[client, edge], [edge, server]]
`);
  const targets = ["10.20.1.9", "fd53:20::1:9", "10.20.2.9", "fd53:20::2:9"];
  const { out, err } = await lab.spider(
    "client",
    ["measure", "ecn", "--connect", "http"],
    { input: targets.join("\n") },
  );
  const negotiated = results(out).map(({ dip, conditions, http_status }) => [
    dip,
    conditions.find((condition) => condition.startsWith("ecn.negotiation")),
    http_status,
  ]);
  // The proxy speaks ECN, the server does not
  assertEquals(negotiated.map(String).sort(), [
    "10.20.1.9,ecn.negotiation.succeeded,",
    "10.20.2.9,ecn.negotiation.failed,",
    "fd53:20::1:9,ecn.negotiation.succeeded,",
    "fd53:20::2:9,ecn.negotiation.failed,",
  ], err);
  const many = await lab.sh(
    "client",
    `for n in 1 2 3 4 5 6 7 8; do curl -sm 5 http://10.20.1.$n/ & done; wait; curl -sgm 5 'http://[fd53:20::1:7]/'`,
  );
  assertEquals(
    many.split("\n").filter((line) => line.startsWith("A path is transparent")).length,
    9,
  );
  // One that nobody answers at is refused after it was taken
  const refused = await lab.sh("client", "curl -sm 5 http://10.20.1.1:81/; echo $?");
  assertMatch(refused, /^(7|52|56)$/m);
  assertEquals(lab.faults, []);
});
