import { assertEquals } from "@std/assert";
import { back, dissect, single, there } from "../../data/dissect.ts";
import {
  ACK,
  ethernet,
  FIN,
  type Frame,
  ip4,
  ip6,
  SYN,
  tcp,
  UDP,
  udp,
} from "../../data/packets.ts";
import { startingOf } from "../../data/starting.ts";

/** The four marks: SYN and data forward, SYN and data in reverse. */
function marks(...frames: Frame[]) {
  const { flows } = dissect(frames, { chains: ["dscp"] });
  assertEquals(flows.length, 1);
  const flow = flows[0]!;
  return [
    flow.dscp_mark_syn_fwd,
    flow.dscp_mark_data_fwd,
    flow.dscp_mark_syn_rev,
    flow.dscp_mark_data_rev,
  ];
}

const payload = new Uint8Array(3);
const first = there(0);

Deno.test("dscp: starting values, also after a TCP segment that is neither SYN nor data", () => {
  const { flows } = dissect([there(0, {}, { tos: 0xfc })], { chains: ["dscp"] });
  assertEquals<unknown>(flows, [startingOf("dscp_")]);
});

Deno.test("dscp: each of the 64 marks stands in its own place, whatever the ECN field", () => {
  for (let mark = 0; mark < 64; mark++) {
    for (const ecn of [0, 3]) {
      const tos = mark << 2 | ecn;
      assertEquals(marks(first, there(1, { flags: SYN }, { tos })), [mark, null, null, null]);
      assertEquals(marks(first, there(1, { payload }, { tos })), [null, mark, null, null]);
      assertEquals(marks(first, back(1, { flags: SYN | ACK }, { tos })), [null, null, mark, null]);
      assertEquals(marks(first, back(1, { payload }, { tos })), [null, null, null, mark]);
      const six = (flags: number) => single(ip6(tcp({ flags, payload }), { trafficClass: tos }));
      const [syn, data] = [six(SYN), six(ACK)].map(({ time, data }) => ({
        time,
        data: ethernet(data),
      }));
      assertEquals(marks(syn!, data!), [mark, mark, null, null]);
    }
  }
});

Deno.test("dscp: a FIN without payload is not data; a datagram is, also an empty one", () => {
  assertEquals(marks(there(0, { flags: FIN | ACK }, { tos: 4 })), [null, null, null, null]);
  const empty = ethernet(ip4(udp(new Uint8Array()), { protocol: UDP, tos: 0xb8 }));
  assertEquals(marks(single(empty)), [null, 46, null, null]);
  const other = ethernet(ip4(new Uint8Array(), { protocol: 47, tos: 4 }));
  assertEquals(marks(single(other)), [null, 1, null, null]);
});

Deno.test("dscp: data on a SYN is the SYN's", () => {
  assertEquals(marks(there(0, { flags: SYN, payload }, { tos: 8 })), [2, null, null, null]);
});

Deno.test("dscp: a payload that the capture cut is one all the same", () => {
  const { data } = there(0, { payload }, { tos: 8 });
  const cut = { time: 0, data: data.subarray(0, 54), wire: data.length };
  assertEquals(marks(cut), [null, 2, null, null]);
});
