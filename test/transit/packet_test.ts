import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { LoadedPacket } from "../../src/transit/packet.ts";
import { A4, ACK, B4, ip4, ip6, join, SYN, tcp, timestamps, UDP, udp } from "../data/packets.ts";
import { sum, transportAt, transportSum, withChecksums } from "./checksums.ts";

const MSS = [2, 4, 5, 180];
const SACK = [4, 2];
const WINDOW = [3, 3, 7];
const text = new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n");

const packets = {
  4: (segment: Parameters<typeof tcp>[0]) => withChecksums(ip4(tcp(segment), { tos: 0b1011_1000 })),
  6: (segment: Parameters<typeof tcp>[0]) =>
    withChecksums(ip6(tcp(segment), { trafficClass: 0b1011_1000 })),
} as const;

/** What a change makes of a packet, whose checksums must be right. */
function changed(octets: Uint8Array, change: (packet: LoadedPacket) => void): Uint8Array {
  const packet = new LoadedPacket();
  assert(packet.load(octets));
  change(packet);
  const whole = packet.finish()!.slice();
  assertEquals(transportSum(whole), 0xffff, "checksum of the transport");
  const isFour = whole[0]! >> 4 === 4;
  if (isFour) assertEquals(sum(whole.subarray(0, 20)), 0xffff, "checksum of the header");
  const length = isFour ? whole[2]! << 8 | whole[3]! : (whole[4]! << 8 | whole[5]!) + 40;
  assertEquals(length, whole.length, "length of the packet");
  return whole;
}

/** The options of a segment, and what is behind its header. */
function read(packet: Uint8Array): { options: number[][]; payload: Uint8Array } {
  const at = transportAt(packet);
  const header = (packet[at + 12]! >> 4) * 4;
  const options: number[][] = [];
  for (let next = at + 20; next < at + header && packet[next] !== 0;) {
    const size = packet[next] === 1 ? 1 : packet[next + 1]!;
    if (packet[next] !== 1) options.push([...packet.subarray(next, next + size)]);
    next += size;
  }
  return { options, payload: packet.slice(at + header) };
}

for (const version of [4, 6] as const) {
  const syn = packets[version]({
    flags: SYN,
    options: [...MSS, ...SACK, ...timestamps(7, 0), 1, ...WINDOW],
  });

  Deno.test(`a packet of IPv${version} is read`, () => {
    const packet = new LoadedPacket();
    assert(packet.load(packets[version]({ flags: SYN | ACK, payload: text })));
    assertEquals([packet.version, packet.protocol, packet.isFragment], [version, 6, false]);
    assertEquals([packet.dscp, packet.ecn, packet.tcpFlags], [46, 0, SYN | ACK]);
    assertEquals(packet.payload(), text);
    assertEquals(packet.finish(), null);
  });

  Deno.test(`octets of the payload of IPv${version} are overwritten, and none beyond it`, () => {
    const whole = changed(packets[version]({ flags: ACK, payload: text }), (packet) => {
      assert(packet.writePayload(0, new TextEncoder().encode("PUT")));
      assertEquals(packet.writePayload(text.length - 2, new Uint8Array(3)), false);
      assertEquals(packet.writePayload(-1, new Uint8Array(1)), false);
    });
    assertEquals(new TextDecoder().decode(read(whole).payload), "PUT / HTTP/1.1\r\n\r\n");
  });

  Deno.test(`marks and flags of IPv${version} are changed`, () => {
    const packet = new LoadedPacket();
    packet.load(changed(syn, (one) => {
      one.ecn = 3;
      one.dscp = 10;
      one.tcpFlags = 0x1c2;
    }));
    assertEquals([packet.ecn, packet.dscp, packet.tcpFlags], [3, 10, 0x1c2]);
  });

  Deno.test(`TCP options of IPv${version} are taken out, overwritten, added`, () => {
    const without = read(changed(syn, (packet) => packet.removeOption(8)));
    assertEquals(without.options, [MSS, SACK, WINDOW]);
    const blank = changed(syn, (packet) => packet.blankOption(8));
    assertEquals(blank.length, syn.length);
    assertEquals(read(blank).options, [MSS, SACK, WINDOW]);
    const data = packets[version]({ options: MSS, payload: text });
    const more = read(changed(data, (packet) => assert(packet.addOption(new Uint8Array(WINDOW)))));
    assertEquals(more, { options: [MSS, WINDOW], payload: text });
    const packet = new LoadedPacket();
    packet.load(syn);
    assert(!packet.addOption(new Uint8Array(40)));
    assertEquals([packet.option(3), packet.option(9)], [new Uint8Array(WINDOW), null]);
  });

  Deno.test(`a wrong checksum of IPv${version} stays as it was`, () => {
    const wrong = syn.slice();
    wrong[transportAt(wrong) + 17]! ^= 0x55;
    const packet = new LoadedPacket();
    packet.load(wrong);
    packet.dscp = 0;
    const whole = packet.finish()!;
    assertEquals(whole.subarray(transportAt(wrong)), wrong.subarray(transportAt(wrong)));
  });
}

Deno.test("whatever options a segment has, the one that is taken out is gone, and nothing else", () => {
  const option = fc.tuple(fc.integer({ min: 2, max: 12 }), fc.uint8Array({ maxLength: 8 }))
    .map(([kind, value]) => [kind, value.length + 2, ...value]);
  fc.assert(fc.property(
    fc.array(fc.oneof(option, fc.constant([1])), { maxLength: 6 }),
    fc.uint8Array({ maxLength: 60 }),
    fc.integer({ min: 2, max: 12 }),
    fc.constantFrom(4 as const, 6 as const),
    (list, payload, kind, version) => {
      const options = list.flat();
      fc.pre(options.length <= 40);
      while (options.length % 4 !== 0) options.push(0);
      const before = packets[version]({ options, payload });
      fc.pre(read(before).options.some(([one]) => one === kind));
      const after = read(changed(before, (packet) => packet.removeOption(kind)));
      assertEquals(after.options, read(before).options.filter(([one]) => one !== kind));
      assertEquals(after.payload, payload);
    },
  ));
});

Deno.test("datagrams without a checksum stay without, fragments keep their transport, damage is passed over", () => {
  const packet = new LoadedPacket();
  const datagram = ip4(udp(text), { protocol: UDP });
  packet.load(datagram);
  assertEquals(packet.payloadLength, text.length);
  packet.ecn = 1;
  assertEquals(packet.finish()!.subarray(20), datagram.subarray(20));

  const fragment = ip4(tcp({ flags: SYN, options: MSS }), { fragment: 0x2000 });
  packet.load(fragment);
  assert(packet.isFragment);
  packet.removeOption(2);
  packet.tcpFlags = 0;
  assertEquals(packet.finish(), null);

  for (
    const damaged of [[], [0x45], [0x65, 0, 0], [...syn4().subarray(0, 30)], [
      0x44,
      ...new Uint8Array(40),
    ]]
  ) {
    assert(!packet.load(new Uint8Array(damaged)), String(damaged));
  }
});

function syn4(): Uint8Array {
  return packets[4]({ flags: SYN });
}

Deno.test("extension headers are listed, and both ways of a flow have one name", () => {
  const packet = new LoadedPacket();
  packet.load(ip6(join([60, 0, 1, 4, 0, 0, 0, 0], [6, 0, 1, 4, 0, 0, 0, 0], tcp({})), { next: 0 }));
  assertEquals(packet.extensions(), [0, 60]);
  packet.load(syn4());
  const there = packet.flow;
  packet.load(ip4(tcp({ source: 80, destination: 1234 }), { source: B4, destination: A4 }));
  const back = packet.flow;
  packet.load(ip4(tcp({ source: 1234, destination: 80 })));
  assertEquals(packet.flow, back);
  assert(there !== back);
});
