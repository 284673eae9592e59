import { assert, assertEquals, assertMatch } from "@std/assert";
import { run } from "../../src/host/run.ts";
import { TargetLab } from "../lab/target_lab.ts";
import { ECN_TRUTH } from "../lab/ecn_truth.ts";
import { meddle } from "../lab/hardships.ts";
import { rootTest } from "../lab/root.ts";
import { outcome, results, start } from "../spider.ts";
import { until } from "../until.ts";

rootTest(
  "what the loss of one packet can cause is measured again",
  async () => {
    await using lab = await TargetLab.open();
    const targets = lab.addresses("transparent", 4, 6);
    // The first SYN to each target that asks for ECN is lost, so that its second turn sees none lost
    meddle(
      lab.routers[0]!,
      [
        "tcp flags & (syn|ack|ecn|cwr) == (syn|ecn|cwr) ip daddr != @asked " +
        "add @asked { ip daddr } drop",
      ],
      ["set asked { type ipv4_addr; flags dynamic; }"],
    );
    const { code, out, err } = await lab.spider(["measure", "ecn", "-w", "1", "--output-flows"], {
      input: targets.join("\n"),
    });
    assertEquals(code, 0, err);
    const found = results(out);
    assertEquals(found.length, targets.length);
    for (const { conditions, flow_results, time } of found) {
      assertEquals(conditions, ECN_TRUTH.transparent.tcp);
      // The records are those of the second turn, the times those of both
      assertEquals(flow_results?.map((flow) => flow.tcpx_syn_fwd), [1, 1]);
      // A second after the first turn, whose connections may begin late
      assert(Date.parse(time.to) - Date.parse(time.from) > 500);
    }
  },
);

rootTest("a result has its job's keys, path, times and, when asked for, flows", async () => {
  await using lab = await TargetLab.open({ boxes: ["ecn-drop-syn"] });
  const [target] = lab.addresses("ecn-drop-syn", 4, 1);
  const { out } = await lab.spider(["--plugin", "ecn", "-i", lab.interface, "--output-flows"], {
    input: JSON.stringify({ dip: target, rank: 7, note: { kept: true } }),
  });
  const [result] = results(out);
  assertEquals([result?.dip, result?.rank, result?.note], [target, 7, { kept: true }]);
  assertEquals(result?.path, [result?.sip, "*", target]);
  assertMatch(result?.time.from ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assertEquals(result?.missed_flows, 0);
  const [plain, ecn] = result?.flow_results ?? [];
  assertEquals([plain?.arm, plain?.config, plain?.tcp_synflags_fwd], ["no_ecn", 0, 0x02]);
  assertEquals([ecn?.arm, ecn?.config, ecn?.tcp_synflags_fwd], ["ecn", 1, 0xc2]);
  assertEquals([ecn?.tcpx_syn_fwd, ecn?.tcpx_syn_differed], [2, true]);
  assertEquals([ecn?.spdr_state, ecn?.observed, ecn?.dp], [0, true, 80]);
});

rootTest("lines that cannot be used are named and counted, and the rest is measured", async () => {
  await using lab = await TargetLab.open();
  const good = lab.addresses("transparent", 4, 2);
  const ended = await lab.spider(["measure", "ecn"], {
    input: `${good[0]}\nnot an address\n${good[1]}\n300.1.2.3\n`,
  });
  assertEquals(ended.code, 0);
  assertEquals(results(ended.out).map(({ dip }) => dip).sort(), good);
  assertMatch(ended.err, /warning: 2 lines/);
  assertMatch(ended.err, /line 2: .*\n.*line 4: /);
});

/** Sends small datagrams to an address as fast as they go; meant for `deno eval`. */
const FLOOD = `
import { createSocket } from "node:dgram";
const socket = createSocket("udp4");
let left = 200_000;
await new Promise((resolve) => socket.connect(9, Deno.args[0], resolve));
while (left > 0) {
  await Promise.all(Array.from({ length: 500 }, () =>
    new Promise((resolve) => socket.send("x", () => resolve()))));
  left -= 500;
}
socket.close();
`;

rootTest(
  "what was under way while the kernel dropped packets is no evidence, and is measured again",
  async () => {
    await using lab = await TargetLab.open({ boxes: ["drop"] });
    const within = (line: readonly string[]) => lab.exec(line);
    // So few that the flood comes from one of the run's: others' packets do not reach its buffer
    const ports = "net.ipv4.ip_local_port_range=20000 21999";
    run("ip", ["netns", "exec", lab.client, "sysctl", "-q", "-w", ports]);
    const targets = lab.addresses("drop", 4, 10);
    const child = start(["measure", "ecn", "--output-flows"], { within });
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(targets.join("\n") + "\n"));
    await until("it measures", () => run("ip", ["-n", lab.client, "rule"]).includes("fwmark"));
    // While it is stopped, more arrives than the kernel's buffer holds
    child.kill("SIGSTOP");
    const stopped = Date.now();
    run("ip", [
      ...["netns", "exec", lab.client, Deno.execPath(), "eval", FLOOD],
      lab.addresses("drop", 4, 254)[253]!,
    ]);
    child.kill("SIGCONT");
    await writer.close();
    const ended = await outcome(child);
    assertEquals(ended.code, 0, ended.err);
    assertMatch(ended.err, /the kernel dropped [\d,]+ packets?/);
    const found = results(ended.out);
    assertEquals(found.length, targets.length);
    for (const { conditions, flow_results = [] } of found) {
      assertEquals(conditions, ["ecn.connectivity.offline"]);
      assert(flow_results.every(({ spdr_start }) => Date.parse(spdr_start) > stopped));
    }
  },
);

rootTest("ports that come around at once do not end the run, nor give a verdict", async () => {
  await using lab = await TargetLab.open({ boxes: ["reset"] });
  run("ip", [
    ...["netns", "exec", lab.client],
    ...["sysctl", "-qw", "net.ipv4.ip_local_port_range=40000 40009"],
  ]);
  const [refused] = lab.addresses("reset", 4, 1);
  const ended = await lab.spider(["measure", "ecn", "-w", "50"], {
    input: `${refused}\n`.repeat(300),
  });
  // With the status of a run in which nothing was observed, where no port was left alone
  assert(ended.code === 0 || ended.code === 1 && /Not one connection/.test(ended.err), ended.err);
  const found = results(ended.out);
  assertEquals(found.length, 300);
  for (const { conditions: [first] } of found) {
    assert(first === "ecn.connectivity.offline" || first === "pathspider.not_observed", first);
  }
});

rootTest("a pause of the program longer than the timeout gives no wrong verdict", async () => {
  await using lab = await TargetLab.open();
  const targets = lab.addresses("transparent", 4, 10_000);
  const within = (line: readonly string[]) => lab.exec(line);
  const child = start(["measure", "ecn", "--timeout", "1", "-w", "4000"], { within });
  const ended = outcome(child);
  const writer = child.stdin.getWriter();
  const fed = writer.write(new TextEncoder().encode(targets.join("\n") + "\n"));
  await until("it measures", () => run("ip", ["-n", lab.client, "rule"]).includes("fwmark"));
  await new Promise((resolve) => setTimeout(resolve, 200));
  child.kill("SIGSTOP");
  await new Promise((resolve) => setTimeout(resolve, 2000));
  child.kill("SIGCONT");
  await fed;
  await writer.close();
  const found = results((await ended).out);
  assertEquals(found.length, targets.length);
  const said = new Set(found.map(({ conditions }) => conditions[0]));
  said.delete("pathspider.not_observed"); // honest, whatever came between
  assertEquals([...said], ["ecn.connectivity.works"]);
});
