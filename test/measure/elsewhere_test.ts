import { assert, assertEquals, assertMatch } from "@std/assert";
import { AsymmetricLab } from "../lab/asymmetric.ts";
import { rootTest } from "../lab/root.ts";
import { results } from "../spider.ts";

const ONE = ["-i", "eth0"];
const BOTH = ["-i", "eth0", "-i", "eth1"];

/** Targets of both IP versions that answer one way. */
const targets = (lab: AsymmetricLab, way: "straight" | "around", count: number) =>
  ([4, 6] as const).flatMap((family) => lab.addresses(way, family, count));

for (const connect of ["tcp", "http"]) {
  rootTest(
    `answers that come in elsewhere give no verdict, over ${connect}, and the message says where`,
    async () => {
      await using lab = await AsymmetricLab.open();
      const [straight, around] = [targets(lab, "straight", 10), targets(lab, "around", 10)];
      const args = ["measure", "ecn", "--connect", connect, "--timeout", "2", "--output-flows"];
      const { code, out, err } = await lab.spider([...args, ...ONE], {
        input: [...straight, ...around].join("\n"),
      });
      assertEquals(code, 0, err);
      const found = results(out);
      assertEquals(found.length, straight.length + around.length);
      for (const { dip, conditions, flow_results } of found) {
        if (straight.includes(String(dip))) {
          assert(conditions.includes("ecn.connectivity.works"), `${dip}: ${conditions}`);
          continue;
        }
        assertEquals(conditions, ["pathspider.not_observed", "pathspider.missed_flows:2"]);
        const missed = flow_results?.map((flow) => "missed" in flow && flow.missed);
        assertEquals(missed, ["answers elsewhere", "answers elsewhere"]);
      }
      assertMatch(err, /warning: answers come in on eth1: name it too, -i eth0 -i eth1\n/);
      assertMatch(err, /40 arms: answers elsewhere/);
    },
  );

  rootTest(`answers are captured on all interfaces that are named, over ${connect}`, async () => {
    await using lab = await AsymmetricLab.open();
    const all = [...targets(lab, "straight", 50), ...targets(lab, "around", 50)];
    const args = ["measure", "ecn", "--connect", connect, "--timeout", "2", "--output-flows"];
    const { code, out, err } = await lab.spider([...args, ...BOTH], {
      input: all.join("\n"),
    });
    assertEquals(code, 0, err);
    const found = results(out);
    assertEquals(found.length, all.length);
    for (const { dip, conditions, flow_results } of found) {
      assert(conditions.includes("ecn.connectivity.works"), `${dip}: ${conditions}`);
      assert(conditions.includes("ecn.negotiation.succeeded"), `${dip}: ${conditions}`);
      // In the order in which the kernel saw them, or the SYN would not be answered yet
      for (const flow of flow_results ?? []) {
        assertEquals([flow.tcpx_syn_acked, flow.tcp_connected], [true, true]);
        assertEquals([flow.tcpx_syn_fwd, flow.tcpx_synack_rev], [1, 1]);
      }
    }
    assert(!err.includes("warning"), err);
  });
}

rootTest("forged SYNs too are captured on all interfaces that are named", async () => {
  await using lab = await AsymmetricLab.open();
  const input = lab.addresses("around", 4, 10).join("\n");
  const args = ["measure", "evilbit", "--connect", "tcpsyn", "--timeout", "2"];
  const one = await lab.spider([...args, ...ONE], { input });
  for (const { conditions } of results(one.out)) {
    assertEquals(conditions, ["pathspider.not_observed", "pathspider.missed_flows:2"]);
  }
  assertMatch(one.err, /answers come in on eth1/);
  const both = await lab.spider([...args, ...BOTH], { input });
  for (const { conditions } of results(both.out)) {
    assert(conditions.includes("evilbit.connectivity.works"), `${conditions}`);
  }
});

rootTest("what works on one interface alone says so, and none is named twice", async () => {
  await using lab = await AsymmetricLab.open();
  for (
    const [args, said] of [
      [["tcpopt", "--option", "ts", "--isolate", ...BOTH], /--isolate clones one interface/],
      [["ecn", "--locate", ...BOTH], /--locate listens on one interface/],
      [["ecn", ...ONE, ...ONE], /--interface names eth0 twice/],
      [["ecn", ...BOTH, "--source", "192.0.2.1"], /not an address of eth0 or eth1, which have/],
    ] as const
  ) {
    const { code, err } = await lab.spider(["measure", ...args]);
    assertEquals(code, 2, err);
    assertMatch(err, said);
  }
});

rootTest(
  "answers over UDP that come in elsewhere give no verdict, and the message says where",
  async () => {
    await using lab = await AsymmetricLab.open("unbound");
    const input = [...lab.addresses("straight", 4, 5), ...lab.addresses("around", 4, 5)].join("\n");
    const args = ["measure", "udpzero", "--connect", "dnsudp", "--timeout", "2"];
    const one = await lab.spider([...args, ...ONE], { input });
    const verdicts = results(one.out).map(({ dip, conditions }) => [dip, conditions[0]]).sort();
    assertEquals(
      verdicts,
      [
        ...lab.addresses("straight", 4, 5).map((dip) => [dip, "udpzero.connectivity.works"]),
        ...lab.addresses("around", 4, 5).map((dip) => [dip, "pathspider.not_observed"]),
      ].sort(),
    );
    assertMatch(one.err, /answers come in on eth1: name it too/);
    const both = await lab.spider([...args, ...BOTH], { input });
    for (const { dip, conditions } of results(both.out)) {
      assertEquals(conditions, ["udpzero.connectivity.works"], `${dip}`);
    }
  },
);
