import { assertEquals } from "@std/assert";
import { dissect, ETHERNET, RAW, single } from "../../data/dissect.ts";
import { ethernet, ip4, join, tcp, udp } from "../../data/packets.ts";

function one(packet: Uint8Array, wire?: number, link = RAW) {
  const { flows, passedOver } = dissect([single(packet, wire)], { link });
  return { flow: flows[0], passedOver };
}

Deno.test("IPv4 options of every length are stepped over", () => {
  for (let words = 0; words <= 10; words++) {
    const { flow } = one(ip4(tcp(), { options: Array(words * 4).fill(1) }));
    assertEquals([flow?.sp, flow?.dp, flow?.oct_fwd], [40000, 80, 40 + words * 4]);
  }
});

Deno.test("an IPv4 header length below 20 octets, or past the packet, is malformed", () => {
  for (let words = 0; words < 5; words++) {
    assertEquals(one(ip4(tcp(), { headerWords: words })).passedOver, { malformed_ip: 1 });
  }
  const short = ip4(tcp().subarray(0, 8), { headerWords: 15 });
  assertEquals(one(short).passedOver, { malformed_ip: 1 });
  assertEquals(one(ip4(tcp(), { headerWords: 15, total: 59 })).passedOver, { malformed_ip: 1 });
});

Deno.test("IPv4: every cut of a whole packet, not told and told", () => {
  const packet = ip4(tcp(), { options: [1, 1, 1, 1] });
  for (let length = 1; length < packet.length; length++) {
    const part = packet.subarray(0, length);
    assertEquals(one(part).passedOver, { malformed_ip: 1 }, `${length} octets`);
    assertEquals(one(part, packet.length).passedOver, { truncated: 1 }, `${length} octets`);
  }
});

Deno.test("an IPv4 total length beyond the wire is a lie, also when the frame was cut", () => {
  const packet = ip4(tcp({ payload: new Uint8Array(100) }), { total: 141 });
  assertEquals(one(packet).passedOver, { malformed_ip: 1 });
  assertEquals(one(packet.subarray(0, 60), 140).passedOver, { malformed_ip: 1 });
  assertEquals(one(packet.subarray(0, 60), 141).flow?.oct_fwd, 141);
  // A record that says less was on the wire than it holds
  assertEquals(one(ip4(tcp()), 0).flow?.oct_fwd, 40);
});

Deno.test("an IPv4 total length below the header is malformed", () => {
  for (const total of [1, 19, 23]) {
    const packet = ip4(tcp(), { total, options: [1, 1, 1, 1] });
    assertEquals(one(packet).passedOver, { malformed_ip: 1 });
  }
});

Deno.test("an IPv4 total length of 0 means all that was on the wire", () => {
  const packet = ip4(tcp({ payload: new Uint8Array(1000) }), { total: 0 });
  assertEquals(one(packet).flow?.oct_fwd, 1040);
  assertEquals(one(packet.subarray(0, 200), 1040).flow?.oct_fwd, 1040);
  assertEquals(one(ethernet(packet).subarray(0, 200), 1054, ETHERNET).flow?.oct_fwd, 1040);
});

Deno.test("a record that lies about the length on the wire harms nothing", () => {
  const packet = ip4(tcp(), { total: 0 });
  assertEquals(one(packet, 0xffff_ffff).flow?.sp, 40000);
  assertEquals(one(ip4(tcp()), 0xffff_ffff).flow?.oct_fwd, 40);
});

Deno.test("padding of Ethernet is neither counted nor read", () => {
  const padding = new Uint8Array(30).fill(0xff);
  const { flow } = one(join(ethernet(ip4(tcp())), padding), undefined, ETHERNET);
  assertEquals([flow?.oct_fwd, flow?.sp], [40, 40000]);
  // The IP packet ends in the middle of the UDP header
  const short = ip4(udp(new Uint8Array()), { protocol: 17, total: 27 });
  const { passedOver } = one(join(ethernet(short), padding), undefined, ETHERNET);
  assertEquals(passedOver, { malformed_udp: 1 });
});

Deno.test("IPv4: a first fragment counts to its flow, later ones have no ports", () => {
  const first = one(ip4(tcp(), { fragment: 0x2000 }));
  assertEquals([first.flow?.sp, first.flow?.dp], [40000, 80]);
  for (const fragment of [1, 0x2001, 0x1fff, 0x3fff]) {
    assertEquals(one(ip4(tcp(), { fragment })).passedOver, { fragments_orphaned: 1 });
  }
  // Don't Fragment and the reserved bit are no fragments
  for (const fragment of [0x4000, 0x8000, 0xc000]) {
    assertEquals(one(ip4(tcp(), { fragment })).flow?.sp, 40000);
  }
});

Deno.test("other protocols over IPv4 have no ports", () => {
  const { flow } = one(ip4(new Uint8Array(8), { protocol: 47 }));
  assertEquals([flow?.proto, flow?.sp, flow?.dp, flow?.oct_fwd], [47, null, null, 28]);
  assertEquals(one(ip4(new Uint8Array(), { protocol: 47 })).flow?.oct_fwd, 20);
});

Deno.test("a packet without ports does not take those of the packet before it", () => {
  const other = ip4(new Uint8Array(8), { protocol: 47 });
  const frames = [other, ip4(tcp({ source: 1 })), other, ip4(tcp({ source: 2 })), other];
  const { flows } = dissect(frames.map((data) => single(data)), { link: RAW });
  assertEquals(flows.map((flow) => [flow.proto, flow.pkt_fwd]).sort(), [[47, 3], [6, 1], [6, 1]]);
});

Deno.test("a packet of 65,535 octets", () => {
  const packet = ip4(tcp({ payload: new Uint8Array(65_495) }));
  assertEquals(one(packet).flow?.oct_fwd, 65_535);
  assertEquals(one(packet.subarray(0, 96), 65_535).flow?.oct_fwd, 65_535);
});

Deno.test("IPv4: what an authentication header protects is read, and joined by its later fragments", () => {
  const authentication = (next: number, words: number) =>
    join([next, words - 2], new Uint8Array(words * 4 - 2));
  const of = (payload: Uint8Array, ip = {}) => ip4(payload, { protocol: 51, ...ip });
  for (const words of [3, 6, 10]) {
    const { flow } = one(of(join(authentication(6, words), tcp())));
    assertEquals([flow?.proto, flow?.sp, flow?.dp, flow?.oct_fwd], [6, 40000, 80, 40 + words * 4]);
  }
  const twice = join(authentication(51, 3), authentication(17, 4), udp(new Uint8Array(3)));
  assertEquals(one(of(twice)).flow?.proto, 17);
  const whole = of(join(authentication(6, 3), tcp()));
  assertEquals(one(whole.subarray(0, 27), whole.length).passedOver, { truncated: 1 });
  const long = of(join([6, 200], new Uint8Array(30)));
  assertEquals(one(long).passedOver, { malformed_ip: 1 });
  const parts = [
    of(join(authentication(6, 3), tcp({ payload: new Uint8Array(8) })), {
      id: 7,
      fragment: 0x2000,
    }),
    of(new Uint8Array(16), { id: 7, fragment: 5 }),
  ];
  const { flows, stats } = dissect(parts.map((part) => single(part)), { link: RAW });
  assertEquals([flows.length, flows[0]?.pkt_fwd, stats.fragments_joined], [1, 2, 1]);
});
