import { assertEquals } from "@std/assert";
import {
  back,
  dissect,
  drained,
  ETHERNET,
  flowTable,
  RAW,
  single,
  there,
} from "../../data/dissect.ts";
import {
  ACK,
  be32,
  CWR,
  ECE,
  ip4,
  ip6,
  records,
  SYN,
  tcp,
  timestamps,
} from "../../data/packets.ts";

function one(packet: Uint8Array, wire?: number) {
  const { flows, passedOver } = dissect([single(packet, wire)], { link: RAW });
  return { flow: flows[0], passedOver };
}

Deno.test("a TCP data offset below 5, or past the end of the packet, is malformed", () => {
  for (const packet of [ip4, ip6]) {
    for (let words = 0; words < 5; words++) {
      assertEquals(one(packet(tcp({ words }))).passedOver, { malformed_tcp: 1 });
    }
    for (let words = 6; words <= 15; words++) {
      assertEquals(one(packet(tcp({ words }))).passedOver, { malformed_tcp: 1 });
      const payload = new Uint8Array(words * 4 - 20);
      assertEquals(one(packet(tcp({ words, payload }))).flow?.sp, 40000);
    }
  }
});

Deno.test("a TCP header that the packet has no room for is malformed", () => {
  for (let length = 0; length < 20; length++) {
    const part = tcp().subarray(0, length);
    assertEquals(one(ip4(part)).passedOver, { malformed_tcp: 1 });
    if (length > 0) assertEquals(one(ip6(part)).passedOver, { malformed_tcp: 1 });
  }
});

Deno.test("a TCP header that the capture cut is truncated, its options may be", () => {
  const packet = ip4(tcp({ options: timestamps(1, 2), payload: new Uint8Array(9) }));
  for (let length = 20; length < packet.length; length++) {
    const { flow, passedOver } = one(packet.subarray(0, length), packet.length);
    if (length < 40) assertEquals(passedOver, { truncated: 1 });
    else assertEquals([flow?.sp, flow?.oct_fwd], [40000, packet.length]);
  }
});

Deno.test("every TCP flag is kept, AE to FIN", () => {
  for (let flags = 0; flags < 512; flags++) {
    const { flow } = one(ip4(tcp({ flags })));
    // What has SYN and ACK goes against the flow that it begins
    const way = (flags & (SYN | ACK)) === (SYN | ACK) ? "rev" : "fwd";
    assertEquals(flow?.[`tcp_synflags_${way}`], flags & SYN ? flags : null);
    assertEquals(flow?.[`tcp_fin_${way}`], (flags & 1) !== 0);
    assertEquals(flow?.[`tcp_rst_${way}`], (flags & 4) !== 0);
  }
});

/** Whether the echoed timestamp among these options of a SYN-ACK was found (see tcpx). */
function finds(options: readonly number[], captured?: number): boolean {
  const ecn = SYN | ECE | CWR;
  const { time, data } = back(2, { flags: SYN | ACK, options });
  const frames = records([
    there(0, { flags: ecn, options: timestamps(100, 0) }),
    there(1, { flags: SYN, options: timestamps(1100, 0) }),
    { time, data: data.subarray(0, captured), wire: data.length },
  ]);
  const table = flowTable();
  const input = table.input(1);
  input.set(frames);
  // What the capture cut off follows it, and must not be read
  input.set(data.subarray(captured ?? data.length), frames.length);
  table.dissect(frames.length, ETHERNET, 1);
  table.flush();
  const [flow] = drained(table);
  assertEquals([flow?.pkt_fwd, flow?.pkt_rev], [2, 1]);
  return flow?.tcpx_synflags_answered === ecn;
}

const echo = [8, 10, ...be32(7), ...be32(100)];

Deno.test("a TCP option is found among others", () => {
  assertEquals(finds(echo), true);
  assertEquals(finds([1, 1, ...echo]), true);
  assertEquals(finds([2, 4, 5, 180, 4, 2, ...echo, 1, 3, 3, 7]), true);
  assertEquals(finds([254, 2, ...echo]), true);
  assertEquals(finds([...Array(30).fill(1), ...echo]), true, "at the very end of the header");
  assertEquals(finds([8, 4, 0, 0, ...echo]), true, "behind one of its kind that is too short");
});

Deno.test("TCP options end at kind 0, at a length below 2 and where they run past the header", () => {
  assertEquals(finds([0, ...echo]), false);
  assertEquals(finds([3, 0, ...echo]), false);
  assertEquals(finds([3, 1, ...echo]), false);
  assertEquals(finds([8, 0, ...echo.slice(2)]), false);
  assertEquals(finds([8, 1, ...echo.slice(2)]), false);
  assertEquals(finds([3, 255, ...echo]), false);
  assertEquals(finds([8, 9, ...echo.slice(2)]), false);
  assertEquals(finds([8, 255, ...echo.slice(2)]), false);
  assertEquals(finds([...Array(31).fill(1), ...echo.slice(0, 9)]), false);
  assertEquals(finds([...Array(39).fill(1), 8]), false, "a kind without a length");
});

Deno.test("TCP options that the capture cut are not read", () => {
  const header = 14 + 20 + 20;
  for (let captured = header; captured < header + 12; captured++) {
    assertEquals(finds([1, 1, ...echo], captured), false, `${captured} octets`);
  }
  assertEquals(finds([1, 1, ...echo], header + 12), true);
});
