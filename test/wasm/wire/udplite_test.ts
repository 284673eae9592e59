import { assertEquals } from "@std/assert";
import { dissect } from "../../data/dissect.ts";
import { be16, ethernet, type Frame, ip4, join } from "../../data/packets.ts";

const UDPLITE = 136;

/** A datagram of 20 octets, of which so many are covered by its checksum. */
function frame(source: number, coverage: number, fragment = 0): Frame {
  const datagram = join(be16(source), be16(7000), be16(coverage), new Uint8Array(14));
  return { time: 1, data: ethernet(ip4(datagram, { protocol: UDPLITE, fragment })) };
}

Deno.test("udplite: datagrams are told apart by their ports, however much is covered", () => {
  const { flows } = dissect([frame(40, 0), frame(41, 8), frame(41, 20), frame(42, 100, 0x2000)]);
  assertEquals(
    flows.sort((a, b) => a.sp! - b.sp!).map(({ sp, dp, pkt_fwd }) => [sp, dp, pkt_fwd]),
    [
      ...[[40, 7000, 1], [41, 7000, 2], [42, 7000, 1]],
    ],
  );
});

Deno.test("udplite: less than the header is covered, or more than there is", () => {
  for (const coverage of [1, 7, 21]) {
    assertEquals(dissect([frame(40, coverage)]).passedOver, { malformed_transport: 1 });
  }
});
