import { assertEquals } from "@std/assert";
import { dissect, RAW, single } from "../../data/dissect.ts";
import { be16, ip4, ip6, join, UDP, udp } from "../../data/packets.ts";

function one(packet: Uint8Array, wire?: number) {
  const { flows, passedOver } = dissect([single(packet, wire)], { link: RAW });
  return { flow: flows[0], passedOver };
}

const lying = (length: number) => join([0x13, 0x88, 0, 53], be16(length), [0, 0]);

Deno.test("UDP over both versions of IP", () => {
  for (
    const packet of [
      ip4(udp(new Uint8Array(9)), { protocol: UDP }),
      ip6(udp(new Uint8Array(9)), { next: UDP }),
    ]
  ) {
    const { flow } = one(packet);
    assertEquals([flow?.proto, flow?.sp, flow?.dp], [UDP, 5000, 53]);
    assertEquals([flow?.oct_fwd, flow?.pkt_fwd], [packet.length, 1]);
  }
});

Deno.test("a UDP length below its header is malformed, 0 is a jumbogram", () => {
  for (let length = 1; length < 8; length++) {
    const { passedOver } = one(ip4(lying(length), { protocol: UDP }));
    assertEquals(passedOver, { malformed_udp: 1 });
  }
  assertEquals(one(ip6(lying(0), { next: UDP })).flow?.dp, 53);
});

Deno.test("the first fragment of a UDP datagram says more than it holds", () => {
  const { flow } = one(ip4(lying(4000), { protocol: UDP, fragment: 0x2000 }));
  assertEquals([flow?.sp, flow?.oct_fwd], [5000, 28]);
});

Deno.test("a UDP header that ends early is malformed, or truncated when it was cut", () => {
  const packet = ip4(udp(new Uint8Array(9)), { protocol: UDP });
  for (let length = 0; length < 8; length++) {
    const short = ip4(udp(new Uint8Array()).subarray(0, length), { protocol: UDP });
    assertEquals(one(short).passedOver, { malformed_udp: 1 });
    assertEquals(one(packet.subarray(0, 20 + length), packet.length).passedOver, { truncated: 1 });
  }
  assertEquals(one(packet.subarray(0, 28), packet.length).flow?.oct_fwd, 37);
});
