import { assertEquals } from "@std/assert";
import { back, dissect, there } from "../../data/dissect.ts";
import {
  ACK,
  AE,
  CWR,
  ECE,
  ethernet,
  FIN,
  type Frame,
  ip4,
  RST,
  SYN,
  timestamps,
  UDP,
  udp,
} from "../../data/packets.ts";

const ECN = SYN | ECE | CWR;

/** SYNs forward, SYN-ACKs in reverse, whether they differed, flags of the one that was answered. */
function tcpx(...frames: Frame[]) {
  const { flows } = dissect(frames, { chains: ["tcpx"] });
  assertEquals(flows.length, 1);
  const flow = flows[0]!;
  return [
    flow.tcpx_syn_fwd,
    flow.tcpx_synack_rev,
    flow.tcpx_syn_differed,
    flow.tcpx_synflags_answered,
  ];
}

const syn = (time: number, flags: number, stamp?: number) =>
  there(time, { flags, ...(stamp === undefined ? {} : { options: timestamps(stamp, 0) }) });
const answer = (time: number, echo?: number) =>
  back(time, {
    flags: SYN | ACK,
    ...(echo === undefined ? {} : { options: timestamps(9, echo) }),
  });

Deno.test("tcpx: starting values", () => {
  assertEquals(tcpx(there(0)), [0, 0, false, null]);
  const datagram = ethernet(ip4(udp(new Uint8Array(60).fill(255)), { protocol: UDP }));
  assertEquals(tcpx({ time: 0, data: datagram }), [0, 0, false, null]);
});

Deno.test("tcpx: one SYN and its answer", () => {
  assertEquals(tcpx(syn(0, ECN)), [1, 0, false, null]);
  assertEquals(tcpx(syn(0, ECN), answer(1)), [1, 1, false, ECN]);
  assertEquals(tcpx(syn(0, SYN), answer(1)), [1, 1, false, SYN]);
  assertEquals(tcpx(syn(0, ECN, 5), answer(1, 5)), [1, 1, false, ECN]);
});

Deno.test("tcpx: the fallback, without timestamps: the last SYN is the one that was answered", () => {
  assertEquals(tcpx(syn(0, ECN), syn(1, SYN)), [2, 0, true, null]);
  assertEquals(tcpx(syn(0, ECN), syn(1, SYN), answer(2)), [2, 1, true, SYN]);
  assertEquals(tcpx(syn(0, ECN), syn(1, ECN), syn(2, SYN), answer(3)), [3, 1, true, SYN]);
});

Deno.test("tcpx: a fallback that gives up accurate ECN alone, without timestamps and with", () => {
  const accurate = ECN | AE;
  assertEquals(tcpx(syn(0, accurate), answer(1)), [1, 1, false, 0x1c2]);
  assertEquals(tcpx(syn(0, accurate), syn(1, ECN), answer(2)), [2, 1, true, ECN]);
  const both = [syn(0, accurate, 100), syn(1, ECN, 1100)];
  assertEquals(tcpx(...both, answer(2, 1100)), [2, 1, true, ECN]);
  assertEquals(tcpx(...both, answer(2, 100)), [2, 1, true, 0x1c2]);
});

Deno.test("tcpx: of SYNs with three kinds of flags, an echo names the first and the last kind", () => {
  const three = [syn(0, ECN | AE, 100), syn(1, ECN, 1100), syn(3, SYN, 3100)];
  assertEquals(tcpx(...three, answer(4, 100)), [3, 1, true, ECN | AE]);
  assertEquals(tcpx(...three, answer(4, 1100)), [3, 1, true, null]);
  assertEquals(tcpx(...three, answer(4, 3100)), [3, 1, true, SYN]);
  assertEquals(tcpx(...three, answer(4)), [3, 1, true, SYN]);
});

Deno.test("tcpx: the fallback, with timestamps", () => {
  const fallback = [syn(0, ECN, 1000), syn(1, SYN, 2000)] as const;
  assertEquals(tcpx(...fallback, answer(2, 2000)), [2, 1, true, SYN]);
  assertEquals(tcpx(...fallback, answer(2, 1000)), [2, 1, true, ECN], "a late answer to the first");
  assertEquals(tcpx(...fallback, answer(2)), [2, 1, true, SYN], "an answer without the option");
  assertEquals(tcpx(...fallback, answer(2, 0)), [2, 1, true, SYN], "an echo that says nothing");
  assertEquals(tcpx(...fallback, answer(2, 77)), [2, 1, true, SYN], "an echo of neither");
});

Deno.test("tcpx: a late answer to a retransmission of the first SYN", () => {
  const frames = [syn(0, ECN, 1000), syn(1, ECN, 2000), syn(3, SYN, 4000), syn(7, SYN, 8000)];
  for (const [echo, flags] of [[1000, ECN], [2000, ECN], [4000, SYN], [8000, SYN]] as const) {
    assertEquals(tcpx(...frames, answer(8, echo)), [4, 1, true, flags], `${echo}`);
  }
});

Deno.test("tcpx: timestamps that wrap around", () => {
  const frames = [syn(0, ECN, 0xffff_fff0), syn(1, ECN, 0xffff_fffe), syn(2, SYN, 900)];
  assertEquals(tcpx(...frames, answer(3, 0xffff_fff0)), [3, 1, true, ECN]);
  assertEquals(tcpx(...frames, answer(3, 0xffff_fffe)), [3, 1, true, ECN]);
  assertEquals(tcpx(...frames, answer(3, 900)), [3, 1, true, SYN]);
  assertEquals(tcpx(...frames, answer(3)), [3, 1, true, SYN], "an answer without the option");
});

Deno.test("tcpx: the first SYN-ACK tells, and SYN-ACKs after it change nothing", () => {
  const first = [syn(0, ECN, 1000), answer(1, 1000)] as const;
  assertEquals(tcpx(...first, answer(2), answer(3)), [1, 3, false, ECN]);
});

Deno.test("tcpx: a SYN that is sent again after an answer says that the host did not take it", () => {
  const first = [syn(0, ECN, 1000), answer(1, 1000)] as const;
  assertEquals(tcpx(...first, syn(2, SYN, 2000)), [2, 1, true, null]);
  assertEquals(tcpx(...first, syn(2, SYN, 2000), answer(3, 2000)), [2, 2, true, SYN]);
  assertEquals(tcpx(...first, syn(2, ECN, 2000), answer(3, 2000)), [2, 2, false, ECN]);
  const another = there(2, { flags: SYN, sequence: 77 });
  assertEquals(tcpx(...first, another), [1, 1, false, ECN], "a SYN of another connection");
});

Deno.test("tcpx: timestamps that the capture cut off leave it open which SYN was answered", () => {
  const cut = (frame: Frame): Frame => ({
    ...frame,
    data: frame.data.slice(0, 14 + 20 + 20),
    wire: frame.data.length,
  });
  const [first, second] = [syn(0, ECN, 1000), syn(1, SYN, 2000)];
  assertEquals(tcpx(first, cut(second), answer(2, 2000)), [2, 1, true, null]);
  assertEquals(tcpx(cut(first), second, answer(2, 2000)), [2, 1, true, null]);
  assertEquals(tcpx(first, second, cut(answer(2, 2000))), [2, 1, true, null]);
  assertEquals(tcpx(cut(first), cut(answer(2, 1000))), [1, 1, false, ECN], "there is but one");
});

Deno.test("tcpx: what is no SYN forward and no SYN-ACK in reverse does not count", () => {
  assertEquals(tcpx(syn(0, ECN), back(1, { flags: SYN })), [1, 0, false, null]);
  assertEquals(tcpx(syn(0, ECN), back(1, { flags: RST | ACK })), [1, 0, false, null]);
  assertEquals(tcpx(syn(0, ECN), there(1, { flags: SYN | ACK })), [1, 0, false, null]);
  assertEquals(tcpx(there(0, { flags: FIN | ACK }), answer(1), answer(2)), [0, 2, false, null]);
});

Deno.test("tcpx: counts stop at their largest value", () => {
  const many = Array(70_000).fill(syn(0, SYN));
  assertEquals(tcpx(...many), [65_535, 0, false, null]);
  assertEquals(tcpx(syn(0, SYN), ...Array(70_000).fill(answer(1))), [1, 65_535, false, SYN]);
});
