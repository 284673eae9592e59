import { assertEquals } from "@std/assert";
import { dissect, ETHERNET, single } from "../../data/dissect.ts";
import { be16, ethernet, ip4, ip6, join, loopback, sll, sll2, tcp } from "../../data/packets.ts";

const four = ip4(tcp());
const six = ip6(tcp());

/** `4` or `6` for one flow of that version, or the names of the counters that went up. */
function seen(frame: Uint8Array, link: number, wire?: number): string {
  const { flows, passedOver } = dissect([single(frame, wire)], { link });
  const flow = flows[0];
  if (flow === undefined) return Object.keys(passedOver).join();
  assertEquals([flow.sp, flow.dp], [40000, 80]);
  assertEquals(flow.oct_fwd, flow.sip.includes(":") ? 60 : 40);
  return flow.sip.includes(":") ? "6" : "4";
}

Deno.test("Ethernet: plain, 802.1Q, QinQ in its three EtherTypes, tags in tags", () => {
  for (const tags of [[], [0x8100], [0x88a8, 0x8100], [0x9100, 0x8100], Array(8).fill(0x8100)]) {
    assertEquals(seen(ethernet(four, tags), ETHERNET), "4");
    assertEquals(seen(ethernet(six, tags), ETHERNET), "6");
  }
});

Deno.test("Ethernet: what is not IP is counted as such", () => {
  const frame = (type: number, rest: Uint8Array) => join(new Uint8Array(12), be16(type), rest);
  assertEquals(seen(frame(0x0806, new Uint8Array(28)), ETHERNET), "not_ip");
  assertEquals(seen(frame(46, four), ETHERNET), "not_ip", "802.3 with a length");
  assertEquals(seen(frame(0x8100, new Uint8Array([0, 1, 8, 6, 0])), ETHERNET), "not_ip");
  assertEquals(seen(frame(0x0800, new Uint8Array()).subarray(0, 14), ETHERNET), "malformed_link");
});

Deno.test("a frame that ends in its link header is malformed, or truncated when it was cut", () => {
  const cases: [Uint8Array, number, number][] = [
    [ethernet(four), 1, 14],
    [ethernet(four, [0x8100]), 1, 18],
    [ethernet(four, [0x88a8, 0x8100]), 1, 22],
    [sll(four), 113, 16],
    [sll2(four), 276, 20],
    [loopback(four, 2, false), 0, 4],
    [loopback(four, 2, true), 108, 4],
    [four, 12, 0],
    [four, 101, 0],
    [four, 228, 0],
    [six, 229, 0],
  ];
  for (const [frame, link, header] of cases) {
    for (let length = 0; length <= header; length++) {
      const part = frame.subarray(0, length);
      assertEquals(seen(part, link), "malformed_link", `link ${link}, ${length} octets`);
      assertEquals(seen(part, link, frame.length), "truncated", `link ${link}, ${length} octets`);
    }
    assertEquals(seen(frame.subarray(0, header + 1), link), "malformed_ip");
    assertEquals(seen(frame.subarray(0, header + 1), link, frame.length), "truncated");
  }
});

Deno.test("Linux cooked v1 and v2, also with a tag", () => {
  assertEquals(seen(sll(four), 113), "4");
  assertEquals(seen(sll(six), 113), "6");
  assertEquals(seen(sll2(four), 276), "4");
  assertEquals(seen(sll2(six), 276), "6");
  assertEquals(seen(sll(four, 0x0806), 113), "not_ip");
  assertEquals(seen(sll2(four, 0x0806), 276), "not_ip");
  assertEquals(seen(sll(join([0, 1, 8, 0], four), 0x8100), 113), "4");
  assertEquals(seen(sll2(join([0, 1, 0x86, 0xdd], six), 0x8100), 276), "6");
});

Deno.test("raw IP of either version, and of one version alone", () => {
  for (const link of [12, 101]) {
    assertEquals(seen(four, link), "4");
    assertEquals(seen(six, link), "6");
    assertEquals(seen(join([0x50], four), link), "not_ip");
  }
  assertEquals(seen(four, 228), "4");
  assertEquals(seen(six, 229), "6");
  assertEquals(seen(six, 228), "malformed_link");
  assertEquals(seen(four, 229), "malformed_link");
});

Deno.test("BSD loopback with an EtherType behind what is no family", () => {
  for (const link of [0, 108]) {
    for (const first of [[0x0f, 0], [0, 0], [0xff, 0xff]]) {
      assertEquals(seen(join(first, be16(0x0800), four), link), "4");
      assertEquals(seen(join(first, be16(0x86dd), six), link), "6");
      assertEquals(seen(join(first, be16(0x0800), six), link), "malformed_link");
      assertEquals(seen(join(first, be16(0x86dd), four), link), "malformed_link");
      assertEquals(seen(join(first, be16(0x0806), four), link), "not_ip");
    }
  }
});

Deno.test("BSD loopback in both byte orders, with every number that stands for IPv6", () => {
  for (const link of [0, 108]) {
    for (const bigEndian of [false, true]) {
      assertEquals(seen(loopback(four, 2, bigEndian), link), "4");
      for (const family of [10, 24, 28, 30]) {
        assertEquals(seen(loopback(six, family, bigEndian), link), "6");
        assertEquals(seen(loopback(four, family, bigEndian), link), "malformed_link");
      }
      assertEquals(seen(loopback(six, 2, bigEndian), link), "malformed_link");
      assertEquals(seen(loopback(four, 7, bigEndian), link), "not_ip");
      assertEquals(seen(loopback(four, 0, bigEndian), link), "not_ip");
    }
  }
});

Deno.test("the link and the IP header must agree on the version", () => {
  const lie = (type: number, packet: Uint8Array) => join(new Uint8Array(12), be16(type), packet);
  assertEquals(seen(lie(0x0800, six), ETHERNET), "malformed_link");
  assertEquals(seen(lie(0x86dd, four), ETHERNET), "malformed_link");
  assertEquals(seen(sll(four, 0x86dd), 113), "malformed_link");
  assertEquals(seen(sll2(six, 0x0800), 276), "malformed_link");
});

Deno.test("an odd tagged frame: tags to the very end", () => {
  const tags = join(new Uint8Array(12), ...Array(5000).fill([0x81, 0]));
  assertEquals(seen(tags, ETHERNET), "encap_too_deep");
  assertEquals(Object.keys(dissect([single(tags)], { decapsulate: false }).passedOver), [
    "malformed_link",
  ]);
});
