import { assertEquals } from "@std/assert";
import type { FlowRecord } from "../../../src/contract/flow.ts";
import { back, dissect, there } from "../../data/dissect.ts";
import {
  A6,
  ACK,
  B6,
  be16,
  be32,
  ethernet,
  FIN,
  type Frame,
  ip4,
  ip6,
  join,
  RST,
  SYN,
  TCP,
  tcp,
  UDP,
  udp,
} from "../../data/packets.ts";

// Where PATHspider differs, and is wrong

function one(...frames: Frame[]): FlowRecord {
  const { flows } = dissect(frames);
  assertEquals(flows.length, 1);
  return flows[0]!;
}

const payload = new Uint8Array(9);

Deno.test("FIN fields are not swapped, nor is RST", () => {
  const forward = one(there(0), there(1, { flags: FIN | ACK }));
  assertEquals([forward.tcp_fin_fwd, forward.tcp_fin_rev], [true, false]);
  const reverse = one(there(0), back(1, { flags: FIN | ACK }));
  assertEquals([reverse.tcp_fin_fwd, reverse.tcp_fin_rev], [false, true]);
  const reset = one(there(0), back(1, { flags: RST | ACK }));
  assertEquals([reset.tcp_rst_fwd, reset.tcp_rst_rev], [false, true]);
});

Deno.test("a mark of 0 is a mark: a later one does not replace it", () => {
  const flow = one(there(0, { payload }), there(1, { payload }, { tos: 46 << 2 }));
  assertEquals(flow.dscp_mark_data_fwd, 0);
  assertEquals(flow.dscp_mark_data_rev, null);
});

Deno.test("Ethernet padding is not payload", () => {
  const { time, data } = there(0, {}, { tos: 46 << 2, fragment: 0x8000 });
  const padded = new Uint8Array(60);
  padded.set(data);
  const flow = one({ time, data: padded });
  assertEquals([flow.dscp_mark_data_fwd, flow.evilbit_data_fwd], [null, null]);
  assertEquals([flow.tcpx_payload_fwd, flow.oct_fwd], [0, 40]);
});

Deno.test("a later SYN does not overwrite what the first one said", () => {
  const option = (mss: number) => [2, 4, ...be16(mss)];
  const flow = one(
    there(0, { flags: 0xc2, options: option(1460), window: 100 }, { tos: 46 << 2 }),
    there(1, { flags: SYN, options: option(536), window: 200 }, { fragment: 0x8000 }),
    back(2, { flags: 0x52, options: option(1400) }, { tos: 8 << 2 }),
    back(3, { flags: SYN | ACK, options: option(300) }),
  );
  assertEquals([flow.dscp_mark_syn_fwd, flow.dscp_mark_syn_rev], [46, 8]);
  assertEquals([flow.mss_value_fwd, flow.mss_value_rev], [1460, 1400]);
  assertEquals([flow.tcp_synflags_fwd, flow.tcp_synflags_rev], [0xc2, 0x52]);
  assertEquals([flow.evilbit_syn_fwd, flow.tcpx_window_fwd], [false, 100]);
});

Deno.test("a later fragment is not read as if it had ports", () => {
  const first = ip4(udp(new Uint8Array(16)), { protocol: UDP, fragment: 0x2000 });
  const looksLikePorts = join(be16(1111), be16(2222), new Uint8Array(12));
  const later = ip4(looksLikePorts, { protocol: UDP, fragment: 3 });
  const flow = one({ time: 0, data: ethernet(first) }, { time: 0, data: ethernet(later) });
  assertEquals([flow.sp, flow.dp], [5000, 53]);
  const later6 = ip6(join([UDP, 0, 0, 25], be32(7), looksLikePorts), { next: 44 });
  const first6 = ip6(join([UDP, 0, 0, 1], be32(7), udp(new Uint8Array(16))), { next: 44 });
  const flow6 = one({ time: 0, data: ethernet(first6) }, { time: 0, data: ethernet(later6) });
  assertEquals([flow6.sp, flow6.dp], [5000, 53]);
});

Deno.test("IPv6 extension headers do not hide the transport", () => {
  const options = new Uint8Array(6);
  const hidden = (segment: Uint8Array) =>
    join([60, 0], options, [43, 0], options, [44, 0], options, [TCP, 0, 0, 0], be32(1), segment);
  const syn = ip6(hidden(tcp({ flags: SYN, options: [2, 4, 5, 180] })), {
    next: 0,
    trafficClass: 40,
  });
  const answer = ip6(hidden(tcp({ source: 80, destination: 40000, flags: SYN | ACK })), {
    next: 0,
    source: B6,
    destination: A6,
  });
  const flow = one({ time: 0, data: ethernet(syn) }, { time: 1, data: ethernet(answer) });
  assertEquals([flow.proto, flow.sp, flow.dp], [TCP, 40000, 80]);
  assertEquals([flow.tcp_synflags_fwd, flow.tcp_synflags_rev], [SYN, SYN | ACK]);
  assertEquals([flow.dscp_mark_syn_fwd, flow.mss_value_fwd, flow.tcpx_rtt_us], [10, 1460, 1e6]);
});
