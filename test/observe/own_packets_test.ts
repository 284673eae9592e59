import { assertEquals } from "@std/assert";
import { keeps, type OwnPackets, ownPackets } from "../../src/observe/own_packets.ts";
import {
  A4,
  B4,
  B6,
  be16,
  ethernet,
  fragment6,
  ICMP,
  ICMP6,
  icmpError,
  ip4,
  ip6,
  join,
  loopback,
  pcapFile,
  sll,
  sll2,
  TCP,
  tcp,
  UDP,
  udp,
} from "../data/packets.ts";
import { filePackets } from "../data/file_packets.ts";

const OWN: OwnPackets = {
  ports: [{ first: 40_000, last: 40_999 }, { first: 2000, last: 2000 }],
  others: false,
};

/** How packets lie in frames of each link type that a flow table reads. */
const LINKS: ReadonlyMap<number, (packet: Uint8Array) => Uint8Array> = new Map([
  [1, (packet) => ethernet(packet)],
  [101, (packet) => packet],
  [113, (packet) => sll(packet)],
  [276, (packet) => sll2(packet)],
  // Of IPv6 libpcap knows the numbers of the systems that have such links, which Linux has not
  [0, (packet) => loopback(packet, packet[0]! >> 4 === 6 ? 30 : 2, false)],
]);

/** Which of some frames the filter keeps, by their place. */
function kept(frames: readonly Uint8Array[], linkType: number, own = OWN): number[] {
  // Each one's place is its time
  const file = pcapFile(frames.map((data, time) => ({ time, data })), linkType);
  const { packets } = filePackets(file, ownPackets(own, { loopback: true, cooked: false }));
  return packets.map(({ time }) => Number(time / 1_000_000_000n));
}

/** Those of a record that are kept, by name. */
function names(packets: Readonly<Record<string, Uint8Array>>, linkType: number, own = OWN) {
  const frame = LINKS.get(linkType)!;
  const all = Object.keys(packets);
  return kept(Object.values(packets).map(frame), linkType, own).map((at) => all[at]!);
}

const data = new Uint8Array(32);
const reply = { source: B4, destination: A4 };

const OURS: Readonly<Record<string, Uint8Array>> = {
  "a segment": ip4(tcp()),
  "its answer": ip4(tcp({ source: 80, destination: 40_000 }), reply),
  "the last port": ip4(tcp({ source: 40_999 })),
  "a port of its own": ip4(tcp({ source: 80, destination: 2000 }), reply),
  "a datagram": ip4(udp(data, 40_001, 53), { protocol: UDP }),
  "behind IP options": ip4(tcp(), { options: [1, 1, 1, 0] }),
  "a first fragment": ip4(tcp(), { fragment: 0x2000 }),
  "a later fragment": ip4(data, { fragment: 0x0010 }),
  "the last fragment of a datagram": ip4(data, { fragment: 0x0010, protocol: UDP }),
  "an error": ip4(icmpError(3, 1, ip4(tcp())), { protocol: ICMP, ...reply }),
  "another error": ip4(icmpError(11, 0, ip4(tcp())), { protocol: ICMP, ...reply }),
  "a segment of IPv6": ip6(tcp()),
  "its answer of IPv6": ip6(tcp({ source: 80, destination: 40_000 }), { source: B6 }),
  "a datagram of IPv6": ip6(udp(data, 40_001, 53), { next: UDP }),
  "behind hop-by-hop options": ip6(join([TCP, 0, 1, 4, 0, 0, 0, 0], tcp()), { next: 0 }),
  "behind a routing header": ip6(join([TCP, 0, 0, 0, 0, 0, 0, 0], tcp()), { next: 43 }),
  "behind two headers": ip6(
    join([60, 0, 1, 4, 0, 0, 0, 0], [TCP, 0, 1, 4, 0, 0, 0, 0], tcp()),
    { next: 0 },
  ),
  "a fragment of IPv6": ip6(join(fragment6(TCP, 0, true, 1), tcp()), { next: 44 }),
  "a later fragment of IPv6": ip6(join(fragment6(TCP, 2, false, 1), data), { next: 44 }),
  "an error of IPv6": ip6(icmpError(1, 0, ip6(tcp())), { next: ICMP6 }),
  "too big": ip6(icmpError(2, 0, ip6(tcp())), { next: ICMP6 }),
};

const FOREIGN: Readonly<Record<string, Uint8Array>> = {
  "a segment": ip4(tcp({ source: 39_999 })),
  "another": ip4(tcp({ source: 41_000, destination: 443 })),
  "its answer": ip4(tcp({ source: 80, destination: 50_000 }), reply),
  "a datagram": ip4(udp(data, 123, 123), { protocol: UDP }),
  "a first fragment": ip4(tcp({ source: 5 }), { fragment: 0x2000 }),
  "an echo": ip4(icmpError(8, 0, data), { protocol: ICMP }),
  "another protocol": ip4(data, { protocol: 50 }),
  "a segment of IPv6": ip6(tcp({ source: 5 })),
  "a datagram of IPv6": ip6(udp(data, 123, 123), { next: UDP }),
  "an echo of IPv6": ip6(icmpError(128, 0, data), { next: ICMP6 }),
  "a neighbour of IPv6": ip6(icmpError(135, 0, data), { next: ICMP6 }),
  "another protocol of IPv6": ip6(data, { next: 50 }),
};

for (const linkType of LINKS.keys()) {
  Deno.test(`link type ${linkType}: what can be a run's own is kept, all else is not`, () => {
    assertEquals(names(OURS, linkType), Object.keys(OURS));
    assertEquals(names(FOREIGN, linkType), []);
  });
}

Deno.test("behind VLAN tags, where the filter does not look, everything is kept", () => {
  const tagged = [[0x8100], [0x88a8], [0x9100], [0x88a8, 0x8100]].flatMap((tags) => [
    ethernet(OURS["a segment"]!, tags),
    ethernet(OURS["a segment of IPv6"]!, tags),
  ]);
  assertEquals(kept(tagged, 1), tagged.map((_, at) => at));
});

Deno.test("what carries no IP is not kept", () => {
  const arp = join(new Uint8Array(12), be16(0x0806), new Uint8Array(28));
  assertEquals(kept([arp], 1), []);
});

Deno.test("a run that may forge any protocol keeps those besides TCP and UDP", () => {
  const found = names(FOREIGN, 1, { ...OWN, others: true });
  assertEquals(found, Object.keys(FOREIGN).filter((name) => /echo|protocol|neighbour/.test(name)));
  assertEquals(names(OURS, 1, { ...OWN, others: true }), Object.keys(OURS));
});

Deno.test("ports that are kept, and protocols that have none", () => {
  const ports = [39_999, 40_000, 40_999, 41_000, 2000, 0];
  assertEquals(ports.map((port) => keeps(OWN, TCP, port)), [false, true, true, false, true, false]);
  assertEquals(ports.map((port) => keeps(OWN, UDP, port)), [false, true, true, false, true, false]);
  assertEquals([keeps(OWN, 50, 0), keeps({ ...OWN, others: true }, 50, 0)], [false, true]);
});
