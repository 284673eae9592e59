import { assert, assertEquals, assertMatch } from "@std/assert";
import { run } from "../../src/host/run.ts";
import { meddle } from "../lab/hardships.ts";
import { TargetLab } from "../lab/target_lab.ts";
import { EVIL_TRUTH } from "../lab/evil_truth.ts";
import { rootTest } from "../lab/root.ts";
import { results } from "../spider.ts";

rootTest("targets of IPv6 are skipped, with the reason", async () => {
  await using lab = await TargetLab.open();
  const [six = ""] = lab.addresses("transparent", 6, 1);
  const { code, out, err } = await lab.spider(["measure", "evilbit"], { input: six });
  assertEquals([code, out], [0, ""]);
  assertMatch(err, /1 line.*skipped\n.*line 1: .*IPv6 has no evil bit/);
});

rootTest("each arm sends its packet, from a port that the kernel does not choose", async () => {
  await using lab = await TargetLab.open();
  const [one = "", two = ""] = lab.addresses("transparent", 4, 2);
  const { out } = await lab.spider(["measure", "evilbit", "--output-flows"], {
    input: [one, one, two, one].join("\n"),
  });
  const flows = results(out).flatMap(({ flow_results }) => flow_results ?? []);
  assertEquals(flows.length, 8);
  for (const flow of flows) {
    assert(flow.sp! > 60_999);
    assertEquals([flow.evilbit_syn_fwd, flow.spdr_outcome, flow.pkt_rev], [
      flow.arm === "evil",
      "ok",
      1,
    ]);
    assertEquals([flow.tcp_synflags_fwd, flow.tcpx_options_fwd], [2, [2, 4, 8, 1, 3]]);
    assertEquals([flow.tcpx_ttl_fwd, flow.tcpx_mss_fwd, flow.dp], [64, 1460, 80]);
  }
  const ports = flows.filter(({ dip }) => dip === one).map(({ sp }) => sp);
  assertEquals(new Set(ports).size, 6);
});

rootTest("a SYN that is lost is sent again, and no verdict hangs on it", async () => {
  await using lab = await TargetLab.open();
  const targets = lab.addresses("transparent", 4, 10);
  // The first SYN of each flow is lost
  meddle(
    lab.routers[0]!,
    [
      "tcp flags & (syn|ack) == syn ip daddr . tcp sport != @seen " +
      "add @seen { ip daddr . tcp sport } drop",
    ],
    ["set seen { type ipv4_addr . inet_service; flags dynamic; }"],
  );
  const { out, err } = await lab.spider(["measure", "evilbit", "--output-flows"], {
    input: targets.join("\n"),
  });
  const found = results(out);
  assertEquals(found.length, 10, err);
  for (const { conditions, flow_results } of found) {
    assertEquals(conditions, EVIL_TRUTH.transparent);
    assertEquals(flow_results?.map(({ tcpx_syn_fwd }) => tcpx_syn_fwd), [2, 2]);
  }
});

rootTest("a host whose kernel sends no RST settles as soon as the answer is there", async () => {
  await using lab = await TargetLab.open();
  run("ip", [
    ...["netns", "exec", lab.client, "nft"],
    "add table inet t; add chain inet t out { type filter hook output priority 0; }; " +
    "add rule inet t out tcp flags & rst == rst drop",
  ]);
  const targets = lab.addresses("transparent", 4, 20);
  const { out } = await lab.spider(["measure", "evilbit", "-w", "1", "--output-flows"], {
    input: targets.join("\n"),
  });
  const found = results(out);
  for (const { conditions, flow_results } of found) {
    assertEquals(conditions, EVIL_TRUTH.transparent);
    // Complete with the SYN-ACK, before TCP would have sent again
    assertEquals(
      flow_results?.map(({ tcpx_syn_fwd, pkt_fwd, pkt_rev }) => [
        tcpx_syn_fwd,
        pkt_fwd,
        pkt_rev,
      ]),
      [[1, 1, 1], [1, 1, 1]],
    );
  }
  assertEquals(found.length, 20);
});

rootTest("packets that this host's own rules stop give no verdict", async () => {
  await using lab = await TargetLab.open();
  run("ip", [
    ...["netns", "exec", lab.client, "nft"],
    "add table inet t; add chain inet t out { type filter hook output priority 0; }; " +
    "add rule inet t out ip frag-off & 0x8000 == 0x8000 drop",
  ]);
  const { code, out, err } = await lab.spider(["measure", "evilbit"], {
    input: lab.addresses("transparent", 4, 3).join("\n"),
  });
  assertEquals(code, 0, err);
  for (const { conditions } of results(out)) {
    assertEquals(conditions, ["pathspider.not_observed", "pathspider.missed_flows:1"]);
  }
});

rootTest("a kernel that leaves no ports ends the run with what to set", async () => {
  await using lab = await TargetLab.open();
  run("ip", [
    ...["netns", "exec", lab.client],
    ...["sysctl", "-qw", "net.ipv4.ip_local_port_range=1024 65535"],
  ]);
  const { code, err } = await lab.spider(["measure", "evilbit"], {
    input: lab.addresses("transparent", 4, 1).join("\n"),
  });
  assertEquals(code, 1);
  assertMatch(err, /spider: .*leaves none for forged packets.*sysctl -w/);
});
