import { assert, assertEquals } from "@std/assert";
import type { FlowRecord } from "../../../src/contract/flow.ts";
import type { FlowTable, FlowTableOptions } from "../../../src/observe/flow_table.ts";
import { dissect, drained, ETHERNET, feed, flowTable } from "../../data/dissect.ts";
import { backbone, frame, mpls, ofIp, ppp, pppoe, type Typed, vlan } from "../../data/headers.ts";
import {
  A4,
  A6,
  B4,
  B6,
  fragment6,
  type Frame,
  ICMP,
  icmpError,
  ip4,
  ip6,
  join,
  records,
  RST,
  SYN,
  TCP,
  tcp,
} from "../../data/packets.ts";
import { gre, gtpU, inIp, l2tp, type Transport, vxlan } from "../../data/tunnels.ts";

const there = ip4(tcp({ flags: SYN }));
const back = ip4(tcp({ source: 80, destination: 40000, flags: 0x12 }), {
  source: B4,
  destination: A4,
});

const LEFT = [10, 0, 0, 1], RIGHT = [10, 0, 0, 2], OTHER = [10, 0, 0, 3];

/** A tunnel from one router to another. */
function through(
  [protocol, payload]: Transport,
  source: readonly number[] = LEFT,
  destination: readonly number[] = RIGHT,
): Typed {
  return ofIp(ip4(payload, { source, destination, protocol }));
}

const frames = (contents: readonly Typed[]): Frame[] =>
  contents.map((content, i) => ({ time: 1_700_000_000 + i / 1024, data: frame(content) }));

function flowsOf(contents: readonly Typed[], options: Partial<FlowTableOptions> = {}) {
  return dissect(frames(contents), options).flows;
}

/** Packets of each flow forward and in reverse. */
const counts = (flows: readonly FlowRecord[]) =>
  flows.map((flow) => `${flow.pkt_fwd}/${flow.pkt_rev}`).toSorted();

Deno.test("the same addresses and ports in two VLANs are two flows, both directions in each", () => {
  const contents = [1, 2, 1].flatMap((id) => [vlan(ofIp(there), id), vlan(ofIp(back), id)]);
  const flows = flowsOf([...contents, ofIp(there)]);
  assertEquals(counts(flows), ["1/0", "1/1", "2/2"]);
  assertEquals(flows.map((flow) => flow.encap.join()).toSorted(), ["", "vlan:1", "vlan:2"]);
  assertEquals(
    flows.map((flow) => flow.encap_rev?.join()),
    flows.map(({ encap, pkt_rev }) => pkt_rev > 0 ? encap.join() : undefined),
  );
});

Deno.test("the priority of a tag is no VLAN, nor is it part of one", () => {
  assertEquals(counts(flowsOf([vlan(ofIp(there), 0xe000), ofIp(back)])), ["1/1"]);
  assertEquals(counts(flowsOf([vlan(ofIp(there), 0xe005), vlan(ofIp(back), 5)])), ["1/1"]);
});

Deno.test("without decapsulation every flow is the outer one, in whatever VLAN", () => {
  const contents = [
    vlan(ofIp(there), 1),
    vlan(ofIp(back), 2),
    through(gre(ofIp(there))),
    through(gre(ofIp(back)), RIGHT, LEFT),
    vlan(vlan(ofIp(there), 7), 8, 0x88a8),
  ];
  const flows = flowsOf(contents, { decapsulate: false });
  assertEquals(counts(flows), ["1/1", "2/1"]);
  assertEquals(flows.map((flow) => flow.proto).toSorted(), [47, TCP]);
  assertEquals(flows.map((flow) => flow.encap), [[], []]);
  const { passedOver } = dissect(
    frames([mpls(there, [16]), pppoe(ppp(there), 1)].flat() as Typed[]),
    {
      decapsulate: false,
    },
  );
  assertEquals(passedOver, { not_ip: 2 });
});

Deno.test("a tunnel between two others is another one, and both its directions are one", () => {
  const flows = flowsOf([
    through(gre(ofIp(there))),
    through(gre(ofIp(back)), RIGHT, LEFT),
    through(gre(ofIp(there)), LEFT, OTHER),
    through(gre(ofIp(there), { key: 7 })),
    through(gre(ofIp(there), { key: 8 })),
    through(inIp(there)),
  ]);
  assertEquals(counts(flows), ["1/0", "1/0", "1/0", "1/0", "1/1"]);
  assertEquals(flows.map((flow) => flow.encap.join()).toSorted(), [
    ...["gre", "gre", "gre:7", "gre:8", "ipip"],
  ]);
});

Deno.test("numbers that a receiver chooses do not tell directions apart; each is told", () => {
  const cases: [Typed, Typed, string, string][] = [
    [mpls(there, [16, 1001]), mpls(back, [2002]), "mpls:16,mpls:1001", "mpls:2002"],
    [mpls(there, [1001]), ofIp(back), "mpls:1001", ""],
    [
      through(gtpU(there, 0x80000001)),
      through(gtpU(back, 5), RIGHT, LEFT),
      "gtpu:2147483649",
      "gtpu:5",
    ],
    [
      through(l2tp(ppp(there), 1, 2)),
      through(l2tp(ppp(back), 30000, 4), RIGHT, LEFT),
      "l2tp:1/2",
      "l2tp:30000/4",
    ],
  ];
  for (const [forward, reverse, encap, encapReverse] of cases) {
    const flows = flowsOf([forward, reverse]);
    assertEquals(counts(flows), ["1/1"], encap);
    assertEquals([flows[0]!.encap.join(), flows[0]!.encap_rev!.join()], [encap, encapReverse]);
    // And without the chain, too
    assertEquals(counts(flowsOf([forward, reverse], { chains: ["basic"] })), ["1/1"]);
  }
});

Deno.test("networks in networks: each number counts, and so does their order", () => {
  const one = vlan(through(vxlan(frame(vlan(ofIp(there), 5)), 42)), 12);
  const flows = flowsOf([
    one,
    vlan(through(vxlan(frame(vlan(ofIp(there), 5)), 43)), 12),
    vlan(through(vxlan(frame(vlan(ofIp(there), 6)), 42)), 12),
    vlan(through(vxlan(frame(vlan(ofIp(there), 12)), 42)), 5),
    backbone(frame(ofIp(there)), 0xabcdef),
    one,
  ]);
  assertEquals(counts(flows), ["1/0", "1/0", "1/0", "1/0", "2/0"]);
  assert(flows.some(({ encap }) => encap.join() === "vlan:12,vxlan:42,vlan:5"));
  assert(flows.some(({ encap }) => encap.join() === "pbb:11259375"));
});

Deno.test("an error inside a tunnel counts to the flow that it quotes there, and to none in another", () => {
  const error = ip4(icmpError(3, 1, there), { source: B4, destination: A4, protocol: ICMP });
  const inside = flowsOf([through(gre(ofIp(there))), through(gre(ofIp(error)), RIGHT, LEFT)]);
  assertEquals(inside.map((flow) => flow.icmp_unreachable), [true]);
  const elsewhere = flowsOf([through(gre(ofIp(there))), ofIp(error)]);
  assertEquals(elsewhere.map((flow) => flow.icmp_unreachable), [false, false]);
});

Deno.test("later fragments join the first one of their own tunnel", () => {
  const id = 7;
  const first = ip4(tcp({ payload: new Uint8Array(4) }), { id, fragment: 0x2000 });
  const later = ip4(new Uint8Array(8), { id, fragment: 3 });
  const { flows, stats } = dissect(
    frames([vlan(ofIp(first), 1), vlan(ofIp(later), 2), vlan(ofIp(later), 1)]),
  );
  assertEquals([counts(flows), stats.fragments_joined, stats.fragments_orphaned], [["2/0"], 1, 1]);
  // Also one that comes before it
  const turned = dissect(
    frames([vlan(ofIp(later), 1), vlan(ofIp(later), 2), vlan(ofIp(first), 1)]),
  );
  assertEquals([counts(turned.flows), turned.flows[0]!.encap.join()], [["2/0"], "vlan:1"]);
  assertEquals([turned.stats.fragments_joined, turned.stats.fragments_orphaned], [1, 1]);
});

Deno.test("fragments of a tunnel's packet count to the tunnel", () => {
  const [protocol, payload] = gre(ofIp(there));
  const outer = { source: A6, destination: B6, next: 44 };
  const { flows } = dissect(frames([
    ofIp(ip4(payload, { protocol, fragment: 0x2000 })),
    ofIp(ip6(join(fragment6(protocol, 0, true, 1), payload), outer)),
  ]));
  assertEquals(flows.map(({ proto, encap }) => [proto, encap]), [[47, []], [47, []]]);
});

/** A thousand times a packet in a network, as pcap_dump(3) writes them. */
const thousand = (packet: Uint8Array) =>
  records(frames(Array(1000).fill(through(vxlan(frame(ofIp(packet)), 0)))));
const thousandSyns = thousand(there);

/** Feeds packets, each of which becomes one of a network of its own, from a number on. */
function feedNetworks(table: FlowTable, from: number, time: number, packets = thousandSyns): void {
  const input = table.input(1000);
  input.set(packets);
  const size = packets.length / 1000;
  const view = new DataView(input.buffer, input.byteOffset);
  for (let i = 0; i < 1000; i++) {
    view.setUint32(i * size, time, true);
    view.setUint32(i * size + NETWORK, (from + i) << 8);
  }
  table.dissect(packets.length, ETHERNET, 1);
}

// In a record of 16 octets, Ethernet, IPv4 and UDP before VXLAN's own first word
const NETWORK = 16 + 14 + 20 + 8 + 4;

Deno.test("more lists of headers than there are numbers: each is a flow, and unused numbers come again", () => {
  const table = flowTable({ chains: ["basic", "encap"], idle: 1, linger: 0.5 });
  const wanted = 90_000;
  const seen = new Set<string>();
  for (let i = 0; i < wanted; i += 1000) {
    feedNetworks(table, i, 1_700_000_000 + Math.floor(i / 10_000));
    if (i % 10_000 !== 0) continue;
    for (const { encap } of drained(table)) seen.add(encap.join());
  }
  table.flush();
  for (const { encap } of drained(table)) seen.add(encap.join());
  const { outer_too_many, flows } = table.stats();
  assertEquals([seen.size, flows, outer_too_many], [wanted, wanted, 0]);
});

Deno.test("when every number is in use, packets count to the tunnel, and are counted", () => {
  const table = flowTable({ chains: ["basic", "encap"] });
  const wanted = 66_000;
  for (let i = 0; i < wanted; i += 1000) feedNetworks(table, i, 1_700_000_000);
  const { outer_too_many, flows } = table.stats();
  assertEquals([outer_too_many, flows], [wanted - 65_535, 65_536]);
  table.flush();
  const outer = drained(table).filter(({ encap }) => encap.length === 0);
  assertEquals(outer.map(({ pkt_fwd, dp }) => [pkt_fwd, dp]), [[outer_too_many, 4789]]);
  // The flows are over, and so their numbers are free: but not each packet looks for that
  for (let i = 0; i < 20; i++) feedNetworks(table, 0xff0000, 1_700_000_000);
  table.flush();
  const found = drained(table);
  assertEquals(found.length, 1001);
  assertEquals(found.reduce((sum, flow) => sum + flow.pkt_fwd, 0), 20_000);
});

Deno.test("a SYN that is held aside keeps the numbers of its headers", () => {
  const table = flowTable({ chains: ["basic", "encap"], linger: 0 });
  const time = 1_700_000_000;
  const at = (seconds: number, content: Typed) => ({ time: time + seconds, data: frame(content) });
  const other = ip4(tcp({ flags: SYN, sequence: 70_000 }));
  feed(table, [at(0, ofIp(there)), at(0, ofIp(ip4(tcp()))), at(0, mpls(other, [4242]))]);
  const ended = thousand(ip4(tcp({ flags: RST })));
  for (let i = 0; i < 70; i++) feedNetworks(table, i * 1000, time + i / 10 | 0, ended);
  const numbers = { sequence: 5, acknowledgment: 70_001 };
  const answer = tcp({ source: 80, destination: 40000, flags: 0x12, ...numbers });
  feed(table, [at(8, ofIp(ip4(answer, { source: B4, destination: A4 })))]);
  table.flush();
  const flows = drained(table).filter(({ proto, encap }) =>
    proto === 6 && !encap.some((header) => header.startsWith("vxlan"))
  );
  assertEquals(flows.map(({ pkt_fwd, pkt_rev, encap }) => [pkt_fwd, pkt_rev, ...encap]), [
    [2, 0],
    [1, 1, "mpls:4242"],
  ]);
});
