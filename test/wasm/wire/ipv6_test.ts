import { assertEquals } from "@std/assert";
import { dissect, ETHERNET, RAW, single } from "../../data/dissect.ts";
import { be16, be32, ethernet, ip6, join, TCP, tcp, udp } from "../../data/packets.ts";

function one(packet: Uint8Array, wire?: number, link = RAW) {
  const { flows, passedOver } = dissect([single(packet, wire)], { link });
  return { flow: flows[0], passedOver };
}

const HOP = 0, ROUTING = 43, FRAGMENT = 44, AH = 51, NONE = 59, DESTINATION = 60;
const MOBILITY = 135, HOST_IDENTITY = 139, SHIM6 = 140;

/** An extension header with a length in units of eight octets behind the first eight. */
const extension = (next: number, units = 0) => join([next, units], new Uint8Array(6 + units * 8));
/** Its length is in words, two fewer than it has. */
const authentication = (next: number, words = 4) =>
  join([next, words], new Uint8Array(2 + words * 4 + 4));
const fragment = (next: number, offset: number, more = 0) =>
  join([next, 0], be16(offset << 3 | more), be32(7));

Deno.test("IPv6 without extension headers", () => {
  const { flow } = one(ip6(tcp(), { trafficClass: 0xb9 }));
  assertEquals(flow?.sip, "2001:db8::1");
  assertEquals(flow?.dip, "2001:db8:1::2");
  assertEquals([flow?.sp, flow?.dp, flow?.proto, flow?.oct_fwd], [40000, 80, TCP, 60]);
  assertEquals(flow?.ecn_ect1_data_fwd, true);
});

Deno.test("each IPv6 extension header is stepped over", () => {
  for (const next of [HOP, ROUTING, DESTINATION, MOBILITY, HOST_IDENTITY, SHIM6]) {
    for (const units of [0, 1, 5, 255]) {
      const { flow } = one(ip6(join(extension(TCP, units), tcp()), { next }));
      assertEquals([flow?.sp, flow?.proto], [40000, TCP], `header ${next}, ${units} units`);
      assertEquals(flow?.oct_fwd, 40 + 8 + units * 8 + 20);
    }
  }
  for (const words of [1, 4, 255]) {
    const { flow } = one(ip6(join(authentication(TCP, words), tcp()), { next: AH }));
    assertEquals([flow?.sp, flow?.proto], [40000, TCP], `${words} words`);
  }
});

Deno.test("a chain of IPv6 extension headers, in any order", () => {
  const payload = join(
    extension(DESTINATION),
    extension(ROUTING, 1),
    extension(AH, 2),
    authentication(FRAGMENT),
    fragment(DESTINATION, 0, 1),
    extension(17),
    udp(new Uint8Array()),
  );
  const { flow } = one(ip6(payload, { next: HOP }));
  assertEquals([flow?.proto, flow?.sp, flow?.dp], [17, 5000, 53]);
});

Deno.test("IPv6 fragments: the first has ports, later ones are counted apart", () => {
  assertEquals(one(ip6(join(fragment(TCP, 0, 1), tcp()), { next: FRAGMENT })).flow?.sp, 40000);
  assertEquals(one(ip6(join(fragment(TCP, 0), tcp()), { next: FRAGMENT })).flow?.sp, 40000);
  for (const offset of [1, 0x1fff]) {
    const later = ip6(join(fragment(TCP, offset, 1), tcp()), { next: FRAGMENT });
    assertEquals(one(later).passedOver, { fragments_orphaned: 1 });
  }
  // What follows in a later fragment is no header, whatever it looks like
  const odd = ip6(join(fragment(HOP, 9), [HOP, 255]), { next: FRAGMENT });
  assertEquals(one(odd).passedOver, { fragments_orphaned: 1 });
});

Deno.test("a chain that runs past the end of its packet is malformed", () => {
  for (const next of [HOP, ROUTING, DESTINATION, MOBILITY, HOST_IDENTITY, SHIM6, AH, FRAGMENT]) {
    for (let length = 0; length < 8; length++) {
      const packet = ip6(new Uint8Array(length).fill(1), { next });
      if (length === 0) {
        // Without a payload length the packet ends with the frame
        assertEquals(one(packet).passedOver, { malformed_ip: 1 });
        continue;
      }
      assertEquals(one(packet).passedOver, { malformed_ip: 1 }, `header ${next}, ${length}`);
      // What is beyond the packet in the frame does not help
      const padded = join(ethernet(packet), new Uint8Array(64));
      assertEquals(one(padded, undefined, ETHERNET).passedOver, { malformed_ip: 1 });
    }
  }
  const long = ip6(extension(TCP, 2).with(1, 3), { next: HOP });
  assertEquals(one(long).passedOver, { malformed_ip: 1 });
});

Deno.test("a chain of extension headers of the same kind ends with the packet", () => {
  const loop = ip6(join(...Array(8000).fill(extension(DESTINATION))), { next: DESTINATION });
  assertEquals(one(loop).passedOver, { malformed_ip: 1 });
  const hops = ip6(join(...Array(8000).fill(extension(HOP))), { next: HOP });
  assertEquals(one(hops.subarray(0, 4000), hops.length).passedOver, { truncated: 1 });
});

Deno.test("IPv6: every cut of a whole packet, not told and told", () => {
  const packet = ip6(join(extension(FRAGMENT, 1), fragment(AH, 0), authentication(TCP), tcp()), {
    next: HOP,
  });
  for (let length = 1; length < packet.length; length++) {
    const part = packet.subarray(0, length);
    assertEquals(one(part).passedOver, { malformed_ip: 1 }, `${length} octets`);
    assertEquals(one(part, packet.length).passedOver, { truncated: 1 }, `${length} octets`);
  }
  assertEquals(one(packet).flow?.sp, 40000);
});

Deno.test("an IPv6 payload length beyond the wire is a lie, also when the frame was cut", () => {
  const packet = ip6(tcp({ payload: new Uint8Array(100) }), { length: 121 });
  assertEquals(one(packet).passedOver, { malformed_ip: 1 });
  assertEquals(one(packet.subarray(0, 80), 160).passedOver, { malformed_ip: 1 });
  assertEquals(one(packet.subarray(0, 80), 161).flow?.oct_fwd, 161);
});

Deno.test("an IPv6 payload length of 0 means all that was on the wire", () => {
  const packet = ip6(tcp({ payload: new Uint8Array(1000) }), { length: 0 });
  assertEquals(one(packet).flow?.oct_fwd, 1060);
  assertEquals(one(packet.subarray(0, 200), 1060).flow?.oct_fwd, 1060);
  assertEquals(one(packet, 0xffff_ffff).flow?.sp, 40000);
});

Deno.test("an IPv6 packet with no next header has no payload, and its padding does not count", () => {
  const frame = join(ethernet(ip6(new Uint8Array(), { next: NONE })), new Uint8Array(6));
  const { flow } = one(frame, undefined, ETHERNET);
  assertEquals([flow?.proto, flow?.oct_fwd, flow?.sp], [NONE, 40, null]);
});

Deno.test("padding of Ethernet behind IPv6 is neither counted nor read", () => {
  const short = ip6(new Uint8Array(7), { next: 17 });
  const { passedOver } = one(join(ethernet(short), new Uint8Array(20)), undefined, ETHERNET);
  assertEquals(passedOver, { malformed_udp: 1 });
});

Deno.test("with a payload length of 0, padding of the link is no payload", () => {
  const empty = ip6(new Uint8Array(), { next: 253 });
  for (const tags of [[], [0x8100]]) {
    const frame = ethernet(empty, tags);
    for (const padding of [0, 6, 10]) {
      const { flow } = one(join(frame, new Uint8Array(padding)), undefined, ETHERNET);
      assertEquals([flow?.proto, flow?.oct_fwd], [253, 40], `${padding} octets`);
    }
  }
  const segment = ip6(tcp(), { length: 0 });
  assertEquals(one(segment).passedOver, { malformed_tcp: 1 });
  const options = ip6(extension(TCP), { next: HOP });
  options.set([0, 0], 4);
  assertEquals(one(options).passedOver, { malformed_ip: 1 });
});

/** A jumbogram (RFC 2675) that says how long it is, of which so much was captured. */
function jumbogram(said: number, option = [0xc2, 4], captured = 200) {
  const hop = join([TCP, 0], option, be32(said));
  return ip6(join(hop, tcp({ payload: new Uint8Array(captured) })), { next: HOP, length: 0 });
}

Deno.test("a jumbogram is as long as its option says, whatever the link adds", () => {
  const said = 100_000;
  assertEquals(one(jumbogram(said), 40 + said).flow?.oct_fwd, 40 + said);
  assertEquals(one(jumbogram(said), 44 + said).flow?.oct_fwd, 40 + said);
  assertEquals(one(jumbogram(said), 39 + said).passedOver, { malformed_ip: 1 });
  assertEquals(one(jumbogram(0xffff_ffff), 200_000).passedOver, { malformed_ip: 1 });
  // What is no such option says nothing (it must be longer than 65,535), and the record does
  for (const wrong of [jumbogram(65_535), jumbogram(said, [0xc2, 3]), jumbogram(said, [5, 4])]) {
    assertEquals(one(wrong, 150_000).flow?.oct_fwd, 150_000);
  }
  const others = [TCP, 1, 0, 5, 2, 0, 0, 0xc2, 4, ...be32(said), 1, 1, 0];
  const behindOthers = ip6(join(others, tcp()), { next: HOP, length: 0 });
  assertEquals(one(behindOthers, 40 + said).flow?.oct_fwd, 40 + said);
});

Deno.test("of several fragment headers the outermost counts, except one that is alone", () => {
  const packets = (...frames: Uint8Array[]) => {
    const { flows, passedOver } = dissect(frames.map((data) => single(data)), { link: RAW });
    return [flows.map(({ pkt_fwd }) => pkt_fwd), passedOver.fragments_orphaned ?? 0];
  };
  const header = (next: number, offset: number, more: number, id: number) =>
    join([next, 0], be16(offset << 3 | more), be32(id));
  const nested = (...headers: Uint8Array[]) => ip6(join(...headers, tcp()), { next: FRAGMENT });
  const later = (id: number) => nested(header(TCP, 9, 0, id));
  const first = nested(header(FRAGMENT, 0, 1, 7), header(TCP, 0, 1, 8));
  assertEquals(packets(first, later(7), later(8)), [[2], 1]);
  const alone = nested(header(FRAGMENT, 0, 0, 7), header(TCP, 0, 1, 8));
  assertEquals(packets(alone, later(7), later(8)), [[2], 1]);
  const inner = nested(header(FRAGMENT, 0, 1, 7), header(TCP, 0, 0, 8));
  assertEquals(packets(inner, later(7), later(8)), [[2], 1]);
  assertEquals(packets(nested(header(FRAGMENT, 0, 1, 7), header(TCP, 9, 0, 8))), [[], 1]);
});
