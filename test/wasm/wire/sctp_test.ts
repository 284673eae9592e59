import { assertEquals } from "@std/assert";
import { dissect } from "../../data/dissect.ts";
import {
  A4,
  B4,
  be16,
  ethernet,
  type Frame,
  ICMP,
  icmpError,
  ip4,
  join,
} from "../../data/packets.ts";

const SCTP = 132;

/** A packet with the common header, and what stands behind it. */
function packet(source: number, destination: number, length = 12): Uint8Array {
  return join(be16(source), be16(destination), new Uint8Array(60)).slice(0, length);
}

const there = (source: number, length?: number): Frame => ({
  time: 1,
  data: ethernet(ip4(packet(source, 2905, length), { protocol: SCTP })),
});
const back = (destination: number): Frame => ({
  time: 2,
  data: ethernet(
    ip4(packet(2905, destination), { protocol: SCTP, source: B4, destination: A4 }),
  ),
});

Deno.test("sctp: associations are told apart by their ports", () => {
  const { flows } = dissect([there(1000), there(1001), back(1000), there(1000, 60)]);
  assertEquals(
    flows.sort((a, b) => a.sp! - b.sp!).map((
      { proto, sp, dp, pkt_fwd, pkt_rev },
    ) => [proto, sp, dp, pkt_fwd, pkt_rev]),
    [[SCTP, 1000, 2905, 2, 1], [SCTP, 1001, 2905, 1, 0]],
  );
});

Deno.test("sctp: a header that the packet has no room for, and one that was cut", () => {
  assertEquals(dissect([there(1000, 11)]).passedOver, { malformed_transport: 1 });
  const { data } = there(1000);
  const cut = { time: 1, data: data.slice(0, data.length - 1), wire: data.length };
  assertEquals(dissect([cut]).passedOver, { truncated: 1 });
});

Deno.test("sctp: an error counts to the association that it quotes", () => {
  const quoted = ip4(packet(1000, 2905), { protocol: SCTP });
  const error = ip4(icmpError(3, 2, quoted), { protocol: ICMP, source: B4, destination: A4 });
  const { flows } = dissect([there(1001), there(1000), { time: 3, data: ethernet(error) }]);
  assertEquals(
    flows.sort((a, b) => a.sp! - b.sp!).map(({ sp, icmp_unreachable }) => [sp, icmp_unreachable]),
    [
      ...[[1000, true], [1001, false]],
    ],
  );
});
