import { assertEquals } from "@std/assert";
import { back, dissect, there } from "../../data/dissect.ts";
import {
  A6,
  ACK,
  B6,
  ethernet,
  type Frame,
  ip4,
  ip6,
  RST,
  SYN,
  tcp,
  UDP,
  udp,
} from "../../data/packets.ts";

/** The marks of a flow that begins with an unmarked packet from A to B. */
function marks(...frames: Frame[]): string[] {
  const { flows } = dissect(frames, { chains: ["ecn"] });
  assertEquals(flows.length, 1);
  assertEquals(Object.keys(flows[0]!).length, 12);
  return Object.entries(flows[0]!).filter(([_, seen]) => seen).map(([name]) => name);
}

const six = (flags: number, trafficClass: number, reverse: boolean): Frame => ({
  time: 1,
  data: ethernet(
    reverse
      ? ip6(tcp({ source: 80, destination: 40000, flags }), {
        trafficClass,
        source: B6,
        destination: A6,
      })
      : ip6(tcp({ flags }), { trafficClass }),
  ),
});

const NAMES = ["", "ect1", "ect0", "ce"];

Deno.test("ecn: each of the twelve marks stands in its own place, whatever the DSCP", () => {
  for (const dscp of [0, 0xfc, 0xb8]) {
    for (let field = 0; field < 4; field++) {
      for (const [flags, kind] of [[SYN, "syn"], [SYN | ACK, "syn"], [ACK, "data"]] as const) {
        const expected = (direction: string) =>
          field === 0 ? [] : [`ecn_${NAMES[field]}_${kind}_${direction}`];
        const tos = dscp | field;
        assertEquals(marks(there(0), there(1, { flags }, { tos })), expected("fwd"));
        assertEquals(marks(there(0), back(1, { flags }, { tos })), expected("rev"));
        assertEquals(marks(six(ACK, 0, false), six(flags, tos, false)), expected("fwd"));
        assertEquals(marks(six(ACK, 0, false), six(flags, tos, true)), expected("rev"));
      }
    }
  }
});

Deno.test("ecn: marks gather, and none is lost to a later packet", () => {
  const all = [1, 2, 3, 0].flatMap((tos) => [
    there(1, { flags: SYN }, { tos }),
    there(1, { flags: ACK }, { tos }),
    back(1, { flags: SYN | ACK }, { tos }),
    back(1, { flags: ACK }, { tos }),
  ]);
  assertEquals(marks(...all).length, 12);
});

Deno.test("ecn: what is not a SYN is data, also RST and UDP", () => {
  assertEquals(marks(there(0, { flags: RST }, { tos: 3 })), ["ecn_ce_data_fwd"]);
  const datagram = udp(new Uint8Array(60).fill(255));
  const frame = { time: 1, data: ethernet(ip4(datagram, { protocol: UDP, tos: 2 })) };
  assertEquals(marks(frame), ["ecn_ect0_data_fwd"]);
});
