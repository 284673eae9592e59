import { assertEquals } from "@std/assert";
import { endsOf } from "../../src/observe/cooked_packet.ts";
import { be16, be32, fragment6, ip4, ip6, join, TCP, tcp, UDP, udp } from "../data/packets.ts";

const cooked = (packet: Uint8Array, index = 7) =>
  join(be16(0x0800), be16(0), be32(index), new Uint8Array(12), packet);

Deno.test("the ends of a segment and of a datagram, and the interface", () => {
  assertEquals(endsOf(cooked(ip4(tcp(), { options: [1, 1, 1, 0] }))), {
    interface: 7,
    source: { address: "192.0.2.1", port: 40000 },
    destination: { address: "198.51.100.7", port: 80 },
  });
  assertEquals(endsOf(cooked(ip6(udp(new Uint8Array(4)), { next: UDP }), 70_000)), {
    interface: 70_000,
    source: { address: "2001:db8::1", port: 5000 },
    destination: { address: "2001:db8:1::2", port: 53 },
  });
});

Deno.test("ports show behind extension headers", () => {
  const first = ip6(join(fragment6(TCP, 0, true, 1), tcp()), { next: 44 });
  assertEquals(endsOf(cooked(first)), endsOf(cooked(ip6(tcp()))));
});

Deno.test("what shows no ports has no ends", () => {
  for (
    const packet of [
      ip4(tcp(), { fragment: 0x0010 }),
      ip4(tcp(), { protocol: 1 }),
      ip6(join(fragment6(TCP, 8, true, 1), tcp()), { next: 44 }),
      Uint8Array.of(0x10, 2, 3),
    ]
  ) assertEquals(endsOf(cooked(packet)), null);
});

Deno.test("a frame that is cut anywhere has no ends, or the right ones", () => {
  for (const packet of [ip4(tcp()), ip6(tcp())]) {
    const whole = cooked(packet);
    for (let length = 0; length < whole.length; length++) {
      const found = endsOf(whole.slice(0, length));
      if (found !== null) assertEquals(found, endsOf(whole));
    }
  }
});
