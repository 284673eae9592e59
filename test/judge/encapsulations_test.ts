import { assertEquals } from "@std/assert";
import { run } from "../../src/host/run.ts";
import { pcapng } from "../data/captures.ts";
import { dissect } from "../data/dissect.ts";
import {
  backbone,
  cisco,
  frame,
  mpls,
  nsh,
  ofIp,
  ppp,
  pppoe,
  snap,
  type Typed,
  vlan,
  withLength,
} from "../data/headers.ts";
import { linked } from "../data/links.ts";
import { LINKS } from "../data/mutants.ts";
import { ip4, ip6, tcp } from "../data/packets.ts";
import { random } from "../data/random.ts";
import { Folder } from "../data/temporary.ts";
import {
  geneve,
  gre,
  gtpU,
  inIp,
  l2tp,
  pptp,
  type Transport,
  vxlan,
  vxlanGpe,
} from "../data/tunnels.ts";
import { judgeTest } from "./judge.ts";

/** Where tshark has the numbers of a header, by what the header is called in a record. */
const NUMBERS: Readonly<Record<string, readonly string[]>> = {
  vlan: ["vlan.id", "ieee8021ad.id"],
  pbb: ["ieee8021ah.isid"],
  mpls: ["mpls.label"],
  pppoe: ["pppoe.session_id"],
  sgt: ["cmd.sgt"],
  nsh: ["nsh.spi"],
  fr: ["fr.dlci"],
  gre: ["gre.key"],
  pptp: ["gre.key.call_id"],
  vxlan: ["vxlan.vni"],
  "vxlan-gpe": ["vxlan.vni"],
  geneve: ["geneve.vni"],
  gtpu: ["gtp.teid"],
  l2tp: ["l2tp.tunnel", "l2tp.session"],
};
const COLUMNS = [
  ...["ip.src", "ip.dst", "tcp.srcport"],
  ...new Set(Object.values(NUMBERS).flat()),
];

/** Link types that tshark 4.0 does not read, and IPv6 alone, which carries none of these packets. */
const UNJUDGED = [226, 281, 282, 284, 285, 229];
/** What chooses the byte order where tshark knows one alone: OpenBSD's loopback, and NFLOG. */
const ORDERS: Readonly<Record<number, () => number>> = { 108: () => 0, 239: () => 1 };

/** A packet that is another one each time. */
const packet = (number: number) => ip4(tcp({ source: 20_000 + number }));

/** What carries a packet, one case for each header and tunnel. */
const HEADERS: readonly ((packet: Uint8Array) => Typed)[] = [
  (packet) => vlan(ofIp(packet), 0x2ffe),
  (packet) => vlan(vlan(ofIp(packet), 3), 4, 0x88a8),
  (packet) => vlan(backbone(frame(ofIp(packet)), 0xabcdef), 5, 0x88a8),
  (packet) => mpls(packet, [16, 1_048_575]),
  (packet) => pppoe(ppp(packet), 4660),
  (packet) => pppoe(ppp(packet, { compressed: true }), 1),
  (packet) => cisco(ofIp(packet), 99),
  (packet) => nsh(ofIp(packet), 70_000),
  (packet) => nsh({ type: 0x6558, data: frame(ofIp(packet)) }, 5, 0),
  (packet) => withLength(snap(ofIp(packet))),
  ...([
    (packet) => inIp(packet),
    (packet) => gre(ofIp(packet)),
    (packet) => gre(ofIp(packet), { key: 0xfedcba98, checksum: true, sequence: true }),
    (packet) => gre({ type: 0x6558, data: frame(vlan(ofIp(packet), 9)) }, { key: 1 }),
    (packet) => gre(mpls(packet, [77])),
    (packet) => pptp(ppp(packet, { hdlc: true }), 600),
    (packet) => pptp(ppp(packet), 601, true),
    (packet) => vxlan(frame(vlan(ofIp(packet), 6)), 0xfedcba),
    (packet) => vxlanGpe(ofIp(packet), 8),
    (packet) => geneve({ type: 0x6558, data: frame(ofIp(packet)) }, 5, [1, 2, 3, 1, 9, 9, 9, 9]),
    (packet) => gtpU(packet, 0x80000001, { extension: true }),
    (packet) => gtpU(packet, 7, { sequence: true }),
    (packet) => l2tp(ppp(packet), 5, 40_000, { length: true, sequence: true }),
    (packet) => gre(ofIp(ip4(...inVxlan(packet)))),
  ] satisfies ((packet: Uint8Array) => Transport)[]).flatMap((tunnel) => [
    (packet: Uint8Array) => {
      const [protocol, payload] = tunnel(packet);
      return vlan(ofIp(ip4(payload, { source: [10, 0, 0, 1], protocol })), 12);
    },
    (packet: Uint8Array) => {
      const [next, payload] = tunnel(packet);
      return ofIp(ip6(payload, { next }));
    },
  ]),
];

function inVxlan(packet: Uint8Array): Parameters<typeof ip4> {
  const [protocol, payload] = vxlan(frame(ofIp(packet)), 3);
  return [payload, { source: [10, 0, 0, 3], protocol }];
}

/** What tshark says of each packet: of each column every value. */
function told(path: string) {
  const lines = run("tshark", [
    ...["-n", "-r", path, "-T", "fields", "-E", "occurrence=a", "-E", "separator=|"],
    ...COLUMNS.flatMap((column) => ["-e", column]),
  ]);
  return lines.split("\n").slice(0, -1).map((line) => {
    const cells = line.split("|").map((cell) => cell === "" ? [] : cell.split(","));
    return (column: string) => cells[COLUMNS.indexOf(column)]!;
  });
}

judgeTest("one packet in each header, in each tunnel and on each link type", () => {
  const next = random(15);
  const cases = [
    ...HEADERS.map((header) => ({ link: 1, header })),
    ...LINKS.filter((link) => !UNJUDGED.includes(link)).flatMap((link) =>
      Array.from({ length: 4 }, () => ({ link, header: ofIp }))
    ),
  ];
  const frames = cases.map(({ link, header }, i) => ({
    time: 1_700_000_000 + i,
    data: linked(header(packet(i)), link, ORDERS[link] ?? next),
  }));
  using folder = new Folder();
  const interfaces = cases.map(({ link }) => ({ linkType: link === 12 ? 101 : link }));
  const lines = told(folder.put("all.pcapng", pcapng(frames, { interfaces })));
  assertEquals(lines.length, frames.length);
  const differences = lines.flatMap((tell, i) => {
    const { flows: [flow] } = dissect([frames[i]!], { link: cases[i]!.link });
    const numbers = (flow?.encap ?? []).flatMap((header) => (header.split(":")[1] ?? "").split("/"))
      .filter((number) => number !== "").map(Number);
    const ours = [flow?.sip, flow?.dip, flow?.sp, ...numbers.toSorted()].join(" ");
    const last = (column: string) => tell(column).at(-1);
    const theirs = [
      ...[last("ip.src"), last("ip.dst"), last("tcp.srcport")],
      ...COLUMNS.slice(3).flatMap((column) => tell(column)).map(Number).toSorted(),
    ].join(" ");
    const named = (flow?.encap ?? []).every((header) => isNamed(header, tell));
    const context = `link ${cases[i]!.link}, ${flow?.encap}: ${frames[i]!.data.toHex()}`;
    return ours === theirs && named ? [] : [`${theirs} by tshark, ${ours} by spider; ${context}`];
  });
  assertEquals(differences, []);
});

/** Whether tshark has the numbers of a header under its name. */
function isNamed(header: string, tell: (column: string) => string[]): boolean {
  const [name, number] = header.split(":");
  if (number === undefined) return true;
  const columns = NUMBERS[name!]!;
  return number.split("/").every((one) =>
    columns.some((column) => tell(column).map(Number).includes(Number(one)))
  );
}
