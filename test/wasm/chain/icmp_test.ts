import { assertEquals } from "@std/assert";
import { back, dissect, feed, flowTable, recordOf, there } from "../../data/dissect.ts";
import {
  A4,
  A6,
  B4,
  B6,
  ethernet,
  type Frame,
  ICMP,
  ICMP6,
  icmpError,
  ip4,
  ip6,
  SYN,
  TCP,
  tcp,
  UDP,
  udp,
} from "../../data/packets.ts";

function unreachable(...frames: Frame[]) {
  const { flows } = dissect(frames, { chains: ["basic", "icmp"] });
  return flows.map((flow) => [flow.pkt_fwd, flow.pkt_rev, flow.icmp_unreachable]);
}

function refused(...frames: Frame[]) {
  const { flows } = dissect(frames, { chains: ["basic", "icmp"] });
  return flows.map((flow) => [flow.icmp_unreachable, flow.icmp_unreachable_fwd]);
}

const forward = ip4(tcp({ flags: SYN }));
const reverse = ip4(tcp({ source: 80, destination: 40000 }), { source: B4, destination: A4 });
const error = (type: number, code: number, quoted: Uint8Array, time = 1): Frame => ({
  time,
  data: ethernet(ip4(icmpError(type, code, quoted), { protocol: ICMP, source: [10, 0, 0, 1] })),
});
const forward6 = ip6(udp(new Uint8Array(), 40000, 80), { next: UDP });
const error6 = (type: number, code: number, quoted: Uint8Array): Frame => ({
  time: 1,
  data: ethernet(ip6(icmpError(type, code, quoted), { next: ICMP6, source: B6, destination: A6 })),
});
const syn = { time: 0, data: ethernet(forward) };
const datagram6 = { time: 0, data: ethernet(forward6) };

Deno.test("icmp: starting values", () => {
  const { flows } = dissect([there(0), back(1)], { chains: ["icmp"] });
  assertEquals<unknown>(flows, [{ icmp_unreachable: false, icmp_unreachable_fwd: false }]);
});

Deno.test("icmp: an unreachable message of any code, in reverse only", () => {
  for (let code = 0; code < 16; code++) {
    assertEquals(unreachable(syn, error(3, code, forward)), [[1, 1, true]]);
    assertEquals(unreachable(datagram6, error6(1, code, forward6)), [[1, 1, true]]);
  }
  assertEquals(unreachable(syn, error(3, 1, reverse)), [[2, 0, false]]);
});

Deno.test("icmp: other errors are counted, and are not unreachable messages", () => {
  for (const type of [4, 5, 11, 12]) {
    assertEquals(unreachable(syn, error(type, 1, forward)), [[1, 1, false]]);
  }
  for (const type of [2, 3, 4]) {
    assertEquals(unreachable(datagram6, error6(type, 0, forward6)), [[1, 1, false]]);
  }
});

Deno.test("icmp: an unreachable message completes a flow that is waited for, a request for smaller packets does not", () => {
  const ends = (frame: Frame, chains = ["icmp"]) => {
    const table = flowTable({ chains: ["basic", ...chains], expectedOnly: true });
    const flow = table.expect({ address: "192.0.2.1", port: 40000 }, {
      address: "198.51.100.7",
      port: 80,
    }, TCP);
    feed(table, [syn, frame]);
    assertEquals(recordOf(table, flow).pkt_rev, 1);
    return table.nextReady() === flow;
  };
  assertEquals(ends(error(3, 1, forward)), true);
  assertEquals(ends(error(3, 4, forward)), false);
  assertEquals(ends(error(11, 0, forward)), false);
  assertEquals(ends(error(3, 1, forward), ["tcp"]), false, "the chain is off");
});

Deno.test("icmp: an error does not end the flow of a capture", () => {
  const late = [there(3), { time: 4, data: error(3, 1, forward).data }] as const;
  assertEquals(unreachable(syn, error(3, 1, forward), ...late), [[2, 2, true]]);
  assertEquals(unreachable(syn, error(3, 1, forward), there(7)), [[2, 1, true]]);
});

Deno.test("icmp: no other chain but basic sees the error as a packet of the flow", () => {
  const names = ["tcp", "ecn", "dscp", "mss", "tfo", "tcpopt", "udp", "evil", "dns", "tcpx"];
  const marked: Frame = {
    time: 1,
    data: ethernet(
      ip4(icmpError(3, 1, forward), { protocol: ICMP, source: B4, tos: 255, fragment: 0x8000 }),
    ),
  };
  const quiet = dissect([syn], { chains: names }).flows;
  assertEquals(dissect([syn, marked], { chains: names }).flows, quiet);
});

Deno.test("icmp: a message that quotes no flow is a flow of its own, and says nothing", () => {
  assertEquals(unreachable(error(3, 1, forward)), [[1, 0, false]]);
  const other = ip4(tcp({ source: 41000 }));
  assertEquals(unreachable(syn, error(3, 1, other)), [[1, 0, false], [
    1,
    0,
    false,
  ]]);
});

Deno.test("icmp: an unreachable message of the sender's own host is told apart", () => {
  assertEquals(refused(syn, error(3, 3, reverse)), [[false, true]]);
  assertEquals(refused(syn, error(3, 3, reverse), error(3, 1, forward)), [[true, true]]);
  assertEquals(refused(syn, error(11, 0, reverse)), [[false, false]]);
  const reverse6 = ip6(udp(new Uint8Array(), 80, 40000), {
    next: UDP,
    source: B6,
    destination: A6,
  });
  assertEquals(refused(datagram6, error6(1, 4, reverse6)), [[false, true]]);
});
