import { assertEquals } from "@std/assert";
import { dissect, there } from "../../data/dissect.ts";
import { A4, A6, B4, B6, ethernet, type Frame, ip4, ip6, UDP, udp } from "../../data/packets.ts";
import { startingOf } from "../../data/starting.ts";

function zero(...frames: Frame[]) {
  const { flows } = dissect(frames, { chains: ["udp"] });
  assertEquals(flows.length, 1);
  return [flows[0]!.udp_zero_checksum_fwd, flows[0]!.udp_zero_checksum_rev];
}

const forward = (checksum: number): Frame => ({
  time: 0,
  data: ethernet(ip4(udp(new Uint8Array(2), 5000, 53, checksum), { protocol: UDP })),
});
const reverse = (checksum: number): Frame => ({
  time: 0,
  data: ethernet(
    ip4(udp(new Uint8Array(2), 53, 5000, checksum), { protocol: UDP, source: B4, destination: A4 }),
  ),
});

Deno.test("udp: starting values; TCP says nothing", () => {
  const { flows } = dissect([there(0)], { chains: ["udp"] });
  assertEquals<unknown>(flows, [startingOf("udp_")]);
});

Deno.test("udp: each direction has its own", () => {
  assertEquals(zero(forward(0)), [true, null]);
  assertEquals(zero(forward(1)), [false, null]);
  assertEquals(zero(forward(0x100), reverse(0)), [false, true]);
  assertEquals(zero(forward(0), reverse(0xffff)), [true, false]);
});

Deno.test("udp: the last datagram tells", () => {
  assertEquals(zero(forward(0), forward(7)), [false, null]);
  assertEquals(zero(forward(7), forward(0), reverse(0), reverse(7)), [true, false]);
});

Deno.test("udp: IPv6 too, where a zero checksum is rarely allowed", () => {
  const data = (checksum: number, ip: object) =>
    ethernet(ip6(udp(new Uint8Array(), 5000, 5000, checksum), { next: UDP, ...ip }));
  assertEquals(
    zero({ time: 0, data: data(0, {}) }, {
      time: 1,
      data: data(9, { source: B6, destination: A6 }),
    }),
    [true, false],
  );
});
