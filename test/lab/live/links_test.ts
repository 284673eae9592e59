import { assert, assertEquals } from "@std/assert";
import { TestLab } from "../live.ts";
import { probe, replies } from "../mtr.ts";
import { rootTest } from "../root.ts";

const SERVES = `{ serves: [10.20.0.0/16, "fd53:20::/64"] }`;
const BOTH = ["ip-4 10.20.3.4", "ip-6 fd53:20::99"];

/** Round-trip times of answers, in milliseconds. */
function times(answers: readonly string[]): number[] {
  return answers.map((answer) => Number(/round-trip-time (\d+)/.exec(answer)?.[1]) / 1000);
}

rootTest("a whole prefix answers over both versions, and each router is a hop", async () => {
  await using lab = await TestLab.open(`
hosts: { client: , server: ${SERVES} }
routers: { one: , two: }
links: [[client, one], [one, two], [two, server]]
`);
  const answers = await probe(lab, "client", [
    ...BOTH,
    ...BOTH.flatMap((target) => [`${target} ttl 1`, `${target} ttl 2`]),
  ]);
  assertEquals(answers.map((answer) => answer.replace(/ round.*/, "")), [
    "reply ip-4 10.20.3.4",
    "reply ip-6 fd53:20::99",
    "ttl-expired ip-4 100.64.0.2",
    "ttl-expired ip-4 100.64.0.10",
    "ttl-expired ip-6 fd53:7069:6465:ff::2",
    "ttl-expired ip-6 fd53:7069:6465:ff:1::2",
  ]);
});

rootTest("links delay, both ways, and in order although it jitters", async () => {
  await using lab = await TestLab.open(`
hosts: { client: , server: ${SERVES} }
routers: { r: }
links: [{ between: [client, r], delay: 30, jitter: 20 }, [r, server]]
`);
  const found = times(await probe(lab, "client", Array(30).fill(BOTH).flat()));
  assert(Math.min(...found) >= 20, `${found}`);
  const mean = found.reduce((sum, time) => sum + time, 0) / found.length;
  // Twice 30; what comes behind a late one is late too
  assert(mean > 60, `${mean}`);
  assert(Math.max(...found) - Math.min(...found) > 2, `${found}`);
});

rootTest("a link loses its share, the same packets for the same seed", async () => {
  const lost = async () => {
    await using lab = await TestLab.open(`
seed: 11
hosts: { client: , server: ${SERVES} }
links: [{ between: [client, server], loss: 20% }]
`);
    // An answer that a busy machine is late with must not count as lost
    const answers = await probe(lab, "client", Array(200).fill(BOTH[0]), 10);
    return answers.map((answer) => answer.startsWith("reply"));
  };
  const [one, other] = await Promise.all([lost(), lost()]);
  // Both ways: 64 % come back; three times the deviation
  const back = one.filter(Boolean).length;
  assert(back > 105 && back < 150, String(back));
  assertEquals(one, other);
});

rootTest("a link has its rate and its longest packet", async () => {
  await using lab = await TestLab.open(`
hosts: { client: , server: ${SERVES} }
routers: { r: }
links: [[client, r], { between: [r, server], rate: 800kbit, mtu: 1280 }]
`);
  // 100 packets of 1,000 octets are a second at 800 kbit/s, of which a tenth may wait in the queue
  const answers = await probe(lab, "client", Array(100).fill(`${BOTH[0]} size 1000`), 3);
  const back = replies(answers);
  assert(back >= 8 && back < 40, String(back));
  await lab.sh(
    "client",
    `nft -f - <<'E'
table inet t {
  chain c {
    type filter hook input priority 0
    icmpv6 type packet-too-big counter
  }
}
E`,
  );
  await probe(lab, "client", [`${BOTH[1]} size 1400`], 1);
  assert(/packets [1-9]/.test(await lab.sh("client", "nft list table inet t")));
});

rootTest("of equal ways each has its flows, and a dead one loses them", async () => {
  await using lab = await TestLab.open(`
hosts: { client: , server: ${SERVES} }
routers: { in: , live: , dead: { middleboxes: [{ middlebox: drop, to: server }] }, out: }
links: [[client, in], [in, live], [in, dead], [live, out], [dead, out], [out, server]]
`);
  for (const target of BOTH) {
    const ports = Array.from(
      { length: 64 },
      (_, at) => `${target} protocol udp local-port ${20_000 + at} port ${33_000 + at}`,
    );
    const back = replies(await probe(lab, "client", ports, 5));
    // Half of them, by a hash: so few, or so many, are on one way once in a billion times
    assert(back > 8 && back < 56, `${target}: ${back}`);
  }
});

rootTest("answers take a way of their own where one is given", async () => {
  await using lab = await TestLab.open(`
hosts: { client: , server: ${SERVES} }
routers: { edge: , there: , back: , exit: }
links: [[client, edge], [edge, there], [edge, back], [there, exit], [back, exit], [exit, server]]
routes:
  - { from: client, to: server, via: [edge, there, exit] }
  - { from: server, to: client, via: [exit, back, edge] }
`);
  const count = (router: string) =>
    lab.sh(
      router,
      `nft -f - <<'E'
table inet t {
  chain c {
    type filter hook forward priority 0
    ip daddr 10.20.0.0/16 counter name there
    ip saddr 10.20.0.0/16 counter name back
    ip6 daddr fd53:20::/64 counter name there
    ip6 saddr fd53:20::/64 counter name back
  }
  counter there { }
  counter back { }
}
E`,
    );
  await count("there");
  await count("back");
  assertEquals(replies(await probe(lab, "client", BOTH)), 2);
  const counts = async (router: string) =>
    [...(await lab.sh(router, "nft list counters")).matchAll(/packets (\d+)/g)].map((found) =>
      found[1]
    );
  assertEquals(await counts("there"), ["2", "0"]);
  assertEquals(await counts("back"), ["0", "2"]);
});

rootTest(
  "a tunnel hides the routers that it goes over, and carries marks there and back",
  async () => {
    await using lab = await TestLab.open(`
hosts: { client: , server: ${SERVES} }
routers: { in: , one: , two: , out: }
links:
  - [client, in]
  - [in, one]
  - [one, two]
  - [two, out]
  - [out, server]
  - { between: [in, out], tunnel: true }
`);
    const hops = await probe(
      lab,
      "client",
      BOTH.flatMap((target) => [1, 2, 3].map((ttl) => `${target} ttl ${ttl}`)),
    );
    assertEquals(hops.map((answer) => answer.split(" ")[0]), [
      ...["ttl-expired", "ttl-expired", "reply"],
      ...["ttl-expired", "ttl-expired", "reply"],
    ]);
    // What goes through the routers below is the tunnel's: IP in IPv4, with the marks of what is inside
    await lab.sh(
      "one",
      `nft -f - <<'E'
table inet t {
  chain c {
    type filter hook forward priority 0
    ip protocol 4 ip dscp 46 counter name four
    ip protocol 41 ip dscp 46 counter name six
    ip protocol 4 ip ecn set ce
    ip daddr 10.20.0.0/16 counter name plain
  }
  counter four { }
  counter six { }
  counter plain { }
}
E`,
    );
    assertEquals(
      replies(await probe(lab, "client", BOTH.map((target) => `${target} tos 184`))),
      0 + 1,
    );
    const counts = [...(await lab.sh("one", "nft list counters")).matchAll(/packets (\d+)/g)];
    assertEquals(counts.map((found) => found[1]), ["1", "1", "0"]);
  },
);
