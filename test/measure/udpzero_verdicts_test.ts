import { assert, assertEquals } from "@std/assert";
import { TargetLab } from "../lab/target_lab.ts";
import { besideBareDns } from "../lab/beside_bare_dns.ts";
import { boxesOf } from "../lab/boxes.ts";
import { meddle } from "../lab/hardships.ts";
import { rootTest } from "../lab/root.ts";
import { UDPZERO_TRUTH } from "../lab/udpzero_truth.ts";
import { results } from "../spider.ts";

const EACH = 6;
const TIMEOUT = ["--timeout", "2"];

rootTest("servers that take what has no checksum over IPv6 get their verdicts", async () => {
  const boxes = Object.keys(UDPZERO_TRUTH);
  await using lab = await TargetLab.open({ boxes: boxesOf(boxes), services: ["unbound"] });
  const asked = boxes.flatMap((name) =>
    lab.addresses(name, 6, EACH).map((dip) => ({ dip, middlebox: name }))
  );
  await besideBareDns(lab.server, asked.map(({ dip }) => dip), async () => {
    const ended = await lab.spider(["measure", "udpzero", "-w", "500", ...TIMEOUT], {
      input: asked.map((job) => JSON.stringify(job) + "\n").join(""),
    });
    assertEquals(ended.code, 0, ended.err);
    const found = results(ended.out);
    assertEquals(found.length, asked.length);
    for (const { dip, middlebox, conditions } of found) {
      const truth = UDPZERO_TRUTH[middlebox as keyof typeof UDPZERO_TRUTH];
      assertEquals(conditions, truth, `${dip} behind ${middlebox}`);
    }
  });
});

rootTest("each arm sends what it stands for, and the record has both sides of it", async () => {
  await using lab = await TargetLab.open({ services: ["unbound"] });
  const targets = ([4, 6] as const).flatMap((family) => lab.addresses("transparent", family, 1));
  const { out } = await lab.spider(["measure", "udpzero", "--output-flows", ...TIMEOUT], {
    input: targets.map((dip) => JSON.stringify({ dip, domain: "four.example" })).join("\n"),
  });
  for (const { dip, dp, flow_results } of results(out)) {
    assertEquals(dp, 53);
    const [plain, zero] = flow_results ?? [];
    // Offload leaves a sum over part of the datagram, which is not zero either
    assertEquals([plain?.arm, plain?.udp_zero_checksum_fwd], ["checksum", false]);
    assertEquals([zero?.arm, zero?.udp_zero_checksum_fwd], ["zero_checksum", true]);
    const { dns_name, dns_rcode, dns_answers } = plain as unknown as Record<string, unknown>;
    assertEquals([plain?.dns_response_valid, dns_name, dns_rcode], [
      true,
      "four.example",
      "NOERROR",
    ]);
    const [address] = lab.addresses("transparent", 4, 1);
    assertEquals(dns_answers, [{ name: "four.example", type: "A", ttl: 60, data: address }]);
    assertEquals(zero?.dns_response_valid, !String(dip).includes(":"));
  }
});

/** Drops every other datagram without a checksum. */
function loseEveryOther(lab: TargetLab): void {
  meddle(lab.routers[0]!, ["udp checksum 0 numgen inc mod 2 0 drop"]);
}

rootTest("the loss of one datagram changes no verdict", async () => {
  await using lab = await TargetLab.open({ services: ["unbound"] });
  const targets = lab.addresses("transparent", 4, 6);
  loseEveryOther(lab);
  const { code, out, err } = await lab.spider(["measure", "udpzero", "-w", "1", "--output-flows"], {
    input: targets.join("\n"),
  });
  assertEquals(code, 0, err);
  const found = results(out);
  assertEquals(found.length, targets.length);
  for (const { conditions, flow_results } of found) {
    assertEquals(conditions, ["udpzero.connectivity.works"]);
    assertEquals(flow_results?.map((flow) => flow.pkt_fwd), [1, 2]);
  }
});

rootTest("loss that a whole arm suffers by chance is measured again", async () => {
  await using lab = await TargetLab.open({ services: ["unbound"] });
  const targets = lab.addresses("transparent", 4, 6);
  loseEveryOther(lab);
  // Too short a time for a second datagram
  const options = ["-w", "1", "--timeout", "0.5"];
  const { code, out, err } = await lab.spider(["measure", "udpzero", ...options], {
    input: targets.join("\n"),
  });
  assertEquals(code, 0, err);
  const found = results(out);
  assertEquals(found.length, targets.length);
  for (const { conditions } of found) assertEquals(conditions, ["udpzero.connectivity.works"]);
  // The first datagram of all is lost; of later ones those are that come second on a busy machine
  const { time } = found.find(({ dip }) => dip === targets[0])!;
  assert(Date.parse(time.to) - Date.parse(time.from) > 400);
});

rootTest("a domain that fits no question is data on its target alone", async () => {
  await using lab = await TargetLab.open({ services: ["unbound"] });
  const [one, two] = lab.addresses("transparent", 4, 2);
  const { code, out } = await lab.spider(["measure", "udpzero", "--output-flows"], {
    input: [{ dip: one, domain: "a..example" }, { dip: two, domain: "a.example" }]
      .map((job) => JSON.stringify(job)).join("\n"),
  });
  assertEquals(code, 0);
  const found = new Map(results(out).map((result) => [result.dip, result]));
  assertEquals(found.get(two!)?.conditions, ["udpzero.connectivity.works"]);
  assertEquals(found.get(one!)?.conditions.at(0), "pathspider.not_observed");
  const [flow] = found.get(one!)?.flow_results ?? [];
  assertEquals([flow?.spdr_state, flow?.spdr_errno], [1, "EINVAL"]);
  assertEquals(
    (flow as unknown as Record<string, unknown>).dns_error,
    "the domain has an empty label",
  );
});

rootTest("what ICMP says ends a question at once, as the socket's word for it", async () => {
  await using lab = await TargetLab.open({ boxes: ["prohibit"], services: ["unbound"] });
  const rules: string[] = [];
  const families = [[4, "ip", "icmp", "host"], [6, "ip6", "icmpv6", "addr"]] as const;
  const asked = families.flatMap(([family, ip, icmp, what]) => {
    const [shut, , away] = lab.addresses("transparent", family, 3);
    const reject = (target: string, type: string) =>
      `${ip} daddr ${target} udp dport 53 reject with ${icmp} type ${type}`;
    rules.push(
      reject(shut!, "port-unreachable"),
      // An error that the kernel does not take as final: only sockets that ask for it get it
      reject(away!, `${what}-unreachable`),
    );
    return [
      { dip: shut, outcome: "refused" },
      { dip: lab.addresses("prohibit", family, 1)[0], outcome: "unreachable" },
      { dip: away, outcome: "unreachable" },
    ];
  });
  meddle(lab.routers[0]!, rules);
  const { code, out, err } = await lab.spider(["measure", "udpzero", "--output-flows"], {
    input: asked.map((job) => JSON.stringify(job)).join("\n"),
  });
  assertEquals(code, 0, err);
  const found = results(out);
  assertEquals(found.length, asked.length);
  for (const { dip, outcome, conditions, flow_results } of found) {
    const outcomes = flow_results?.map((flow) => flow.spdr_outcome);
    assertEquals(outcomes, [outcome, outcome], String(dip));
    assertEquals(flow_results?.map((flow) => flow.icmp_unreachable), [true, true]);
    assertEquals(conditions, ["udpzero.connectivity.offline"]);
  }
});
