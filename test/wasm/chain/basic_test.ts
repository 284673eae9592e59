import { assertEquals } from "@std/assert";
import { back, dissect, there } from "../../data/dissect.ts";
import { A4, ethernet, ip4, ip6, UDP, udp } from "../../data/packets.ts";

const basic = { chains: ["basic"] };

Deno.test("basic: addresses, ports, times and counts both ways", () => {
  const { flows } = dissect([
    there(100.000001, { payload: new Uint8Array(7) }),
    back(100.5, {}, { options: [1, 1, 1, 1] }),
    there(101.999999),
  ], basic);
  assertEquals<unknown>(flows, [{
    sip: "192.0.2.1",
    dip: "198.51.100.7",
    proto: 6,
    sp: 40000,
    dp: 80,
    pkt_first: 100.000001,
    pkt_last: 101.999999,
    pkt_fwd: 2,
    pkt_rev: 1,
    oct_fwd: 87,
    oct_rev: 44,
  }]);
});

Deno.test("basic: ports are null where the protocol has none, 0 where it says 0", () => {
  const frames = [
    { time: 1, data: ethernet(ip4(new Uint8Array(8), { protocol: 47 })) },
    { time: 1, data: ethernet(ip4(udp(new Uint8Array(), 0, 0), { protocol: UDP })) },
  ];
  const ports = dissect(frames, basic).flows.map((flow) => [flow.proto, flow.sp, flow.dp]);
  assertEquals(ports.sort(), [[47, null, null], [17, 0, 0]].sort());
});

Deno.test("basic: octets of IPv6 contain all of its headers", () => {
  const payload = new Uint8Array(8 + 8);
  payload.set([59, 0]);
  const { flows } = dissect([{ time: 1, data: ethernet(ip6(payload, { next: 0 })) }], basic);
  assertEquals(flows.map((flow) => [flow.proto, flow.oct_fwd]), [[59, 56]]);
});

Deno.test("basic: octets beyond 32 bits", () => {
  // Cut after the TCP header, as with a short snaplen
  const data = there(1, {}, { total: 65_535, source: A4 }).data;
  const frame = { time: 1, data, wire: 65_535 + 14 };
  const { flows } = dissect(Array(70_000).fill(frame), basic);
  assertEquals(flows.map((flow) => flow.oct_fwd), [70_000 * 65_535]);
});
