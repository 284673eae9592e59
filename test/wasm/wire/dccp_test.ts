import { assertEquals } from "@std/assert";
import { dissect } from "../../data/dissect.ts";
import { be16, ethernet, type Frame, ip4, join } from "../../data/packets.ts";

const DCCP = 33;

/** A packet with the generic header; `words` is what it says of its length, `long` of its sequence number. */
function frame(source: number, words: number, long: boolean, length: number): Frame {
  const header = join(be16(source), be16(5001), [words, 0, 0, 0, long ? 1 : 0], new Uint8Array(60));
  return { time: 1, data: ethernet(ip4(header.slice(0, length), { protocol: DCCP })) };
}

Deno.test("dccp: connections are told apart by their ports", () => {
  const { flows } = dissect([
    frame(40, 3, false, 12),
    frame(41, 4, true, 20),
    frame(41, 5, true, 20),
  ]);
  assertEquals(
    flows.sort((a, b) => a.sp! - b.sp!).map(({ sp, dp, pkt_fwd }) => [sp, dp, pkt_fwd]),
    [[40, 5001, 1], [41, 5001, 2]],
  );
});

Deno.test("dccp: a header shorter than its sequence number, or longer than the packet", () => {
  for (
    const wrong of [
      frame(40, 3, false, 11),
      frame(40, 2, false, 20),
      frame(40, 3, true, 20),
      frame(40, 6, false, 20),
    ]
  ) {
    assertEquals(dissect([wrong]).passedOver, { malformed_transport: 1 });
  }
});
