import { assertEquals } from "@std/assert";
import { addressBytes } from "../../src/host/address.ts";
import { Answers } from "../../src/scan/answers.ts";
import { type ConcludedTarget, Concluder } from "../../src/scan/conclude.ts";
import { ProbeEnds } from "../../src/scan/probe_ends.ts";
import { ProbeWriter } from "../../src/scan/probe_writer.ts";
import { ROW } from "../../src/scan/target_row.ts";
import { templatesOf } from "../../src/scan/templates.ts";
import {
  datagramFor,
  dnsAnswerFor,
  ends,
  errorFor,
  replyFor,
  RUN,
  segmentFor,
  take,
} from "./answer_fixture.ts";
import { bundled, type Scanned, scanned, spiderOf } from "./fixture.ts";
import { messagesOf } from "./probe_fixture.ts";

const COOLDOWN = 8000;
const NOW = Date.UTC(2026, 0, 1);
const TARGET = { 4: "198.51.100.7", 6: "2001:db8:1::7" } as const;

/** What a network makes of a probe: the answer; null for none. */
type Network = (probe: Uint8Array) => Uint8Array | null;

/** Sends the probes of a scan to one target, takes what the network answers, and concludes. */
async function scan(of: Scanned, version: 4 | 6, network: Network): Promise<ConcludedTarget> {
  const { sharesPort } = of.type.stateless;
  const templates = await templatesOf({ ...of, versions: [version] });
  const run = { ...RUN, sharesPort };
  const writer = new ProbeWriter({ ...run, templates, link: new Uint8Array(), slots: 1 });
  const answers = new Answers({
    ...{ ...run, templates, probes: 1, epochMs: 1000, cooldownMs: COOLDOWN, spreadMs: 100 },
    ...{ input: 1 << 16, most: 1 << 10 },
  });
  const port = of.type.defaultPort;
  const row = new Uint8Array(ROW);
  if (version === 4) row.fill(0xff, 10, 12);
  row.set(addressBytes(TARGET[version]), version === 4 ? 12 : 0);
  row.set([port >> 8, port & 255], 16);
  const back = of.arms.flatMap((_, place) => {
    writer.rows.set(row);
    const [message] = messagesOf(writer.write(1, place, 0, 0, 10 * place, 0, version));
    const answer = network(message!.octets);
    return answer === null ? [] : [answer];
  });
  take(answers, back, 60);
  const [target, ...more] = answers.due(2 * COOLDOWN, 10);
  assertEquals([target?.address, target?.port, more], [TARGET[version], port, []]);
  const concluder = new Concluder({
    ...{ ...of, templates, ends: new ProbeEnds(run), cooldownMs: COOLDOWN, outputFlows: true },
  });
  return await concluder.conclude(target!, NOW) as ConcludedTarget;
}

const ECE_CWR = 0xc0;
const marks = (packet: Uint8Array) => packet[ends(packet).transport + 13]! & ECE_CWR;
const dscp = (packet: Uint8Array) =>
  packet[0]! >> 4 === 4 ? packet[1]! >> 2 : (packet[0]! << 8 | packet[1]!) >> 6 & 63;
const isEvil = (packet: Uint8Array) => (packet[6]! & 0x80) !== 0;
const hasSum = (packet: Uint8Array) => ends(packet).view.getUint16(ends(packet).transport + 6) > 0;
const SYN_ACK: Network = (probe) => segmentFor(probe);
const RST: Network = (probe) => segmentFor(probe, 0x14);
/** Answers some, and loses the rest. */
const only = (passes: (packet: Uint8Array) => boolean, network: Network): Network => (probe) =>
  passes(probe) ? network(probe) : null;

const unseen = ["ect0", "ect1", "ce"].map((mark) => `ecn.ipmark.${mark}.not_seen`);

/** A spider and what it goes over, the versions, what the network does, and what is true then. */
type Case = readonly [string, string, readonly (4 | 6)[], Network, readonly string[]];

const BOTH = [4, 6] as const;
const CASES: readonly Case[] = [
  ["ecn", "tcp", BOTH, (probe) => segmentFor(probe, marks(probe) ? 0x52 : 0x12), [
    ...["ecn.connectivity.works", "ecn.negotiation.succeeded"],
    ...unseen,
  ]],
  ["ecn", "tcp", BOTH, only((probe) => !marks(probe), SYN_ACK), ["ecn.connectivity.broken"]],
  ["ecn", "tcp", BOTH, (probe) => marks(probe) ? RST(probe) : SYN_ACK(probe), [
    "ecn.connectivity.broken",
  ]],
  ["ecn", "tcp", BOTH, RST, ["ecn.connectivity.offline"]],
  ["ecn", "tcp", BOTH, errorFor, ["ecn.connectivity.offline"]],
  ["dscp", "tcp", BOTH, only((probe) => dscp(probe) === 48, SYN_ACK), [
    "dscp.48.connectivity.transient",
    "dscp.48.replymark:0",
  ]],
  ["dscp", "dnsudp", BOTH, dnsAnswerFor, [
    "dscp.48.connectivity.works",
    "dscp.0.replymark:0",
    "dscp.48.replymark:0",
  ]],
  ["dscp", "icmp", BOTH, only((probe) => dscp(probe) === 0, replyFor), [
    "dscp.48.connectivity.broken",
    "dscp.0.replymark:0",
  ]],
  [
    "mss",
    "tcp",
    [4],
    (probe) => segmentFor(probe, 0x12, { options: [{ kind: 2, data: Uint8Array.of(4, 0) }] }),
    [
      "mss.connectivity.online",
      "mss.option.local.value:1460",
      "mss.option.remote.value:1024",
      "mss.option.received.deflated",
    ],
  ],
  ["mss", "tcp", BOTH, RST, ["mss.connectivity.offline"]],
  [
    "tcpopt",
    "tcpsyn",
    BOTH,
    SYN_ACK,
    ["tsopt", "wsopt", "sack"].flatMap((name) => [
      `${name}.connectivity.works`,
      `${name}.negotiation.failed`,
      `${name}.unsolicited.not_seen`,
    ]),
  ],
  ["evilbit", "tcpsyn", [4], only((probe) => !isEvil(probe), SYN_ACK), [
    "evilbit.connectivity.broken",
  ]],
  ["evilbit", "dnsudp", [4], dnsAnswerFor, ["evilbit.connectivity.works", "evilbit.mark.not_seen"]],
  ["evilbit", "icmp", [4], replyFor, ["evilbit.connectivity.works", "evilbit.mark.not_seen"]],
  ["udpzero", "dnsudp", BOTH, dnsAnswerFor, ["udpzero.connectivity.works"]],
  ["udpzero", "dnsudp", BOTH, only(hasSum, dnsAnswerFor), ["udpzero.connectivity.broken"]],
  ["udpzero", "udp", BOTH, only((probe) => !hasSum(probe), datagramFor), [
    "udpzero.connectivity.transient",
  ]],
  [
    "udpzero",
    "udp",
    [4],
    (probe) => hasSum(probe) ? datagramFor(probe) : errorFor(probe, 28, { code: 13 }),
    ["udpzero.connectivity.broken"],
  ],
];

Deno.test("from templates over probes, answers and conclusions every spider finds what is true", async () => {
  for (const [name, connect, versions, network, truth] of CASES) {
    for (const version of versions) {
      const { result } = await scan(await bundled(name, {}, connect), version, network);
      assertEquals(result.conditions, truth, `${name} over ${connect}, IPv${version}`);
    }
  }
});

Deno.test("the records are those of the packets", async () => {
  for (const version of BOTH) {
    const { flows } = await scan(await bundled("ecn"), version, SYN_ACK);
    for (const flow of flows) {
      assertEquals([flow.dip, flow.dp, flow.pkt_fwd, flow.pkt_rev], [TARGET[version], 80, 1, 1]);
      assertEquals([flow.tcpx_ttl_rev, flow.tcpx_window_rev, flow.tcpx_syn_acked], [
        55,
        65_160,
        true,
      ]);
    }
  }
});

Deno.test("an answer keeps whether it had a UDP checksum", async () => {
  const of = await scanned(spiderOf({
    connect: ["dnsudp", "udp"],
    chains: ["basic", "udp"],
    conditions: { "x.zero:N": "whether the answer had no checksum" },
    conclude: ([flow]) => [`x.zero:${flow!.udp_zero_checksum_rev}`],
  }));
  const without: Network = (probe) => {
    const answer = dnsAnswerFor(probe);
    answer.fill(0, 26, 28);
    return answer;
  };
  assertEquals((await scan(of, 4, dnsAnswerFor)).result.conditions, ["x.zero:false"]);
  assertEquals((await scan(of, 4, without)).result.conditions, ["x.zero:true"]);
});
