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
  UDP,
  udp,
} from "../../data/packets.ts";

function tcpOf(...frames: Frame[]) {
  const { flows } = dissect(frames, { chains: ["tcp"] });
  assertEquals(flows.length, 1);
  return flows[0]!;
}

Deno.test("tcp: starting values", () => {
  assertEquals<unknown>(tcpOf(there(0)), {
    tcp_synflags_fwd: null,
    tcp_synflags_rev: null,
    tcp_fin_fwd: false,
    tcp_fin_rev: false,
    tcp_rst_fwd: false,
    tcp_rst_rev: false,
    tcp_connected: false,
  });
  const datagram = ethernet(ip4(udp(new Uint8Array(60).fill(255)), { protocol: UDP }));
  assertEquals(tcpOf({ time: 0, data: datagram }), tcpOf(there(0)));
});

Deno.test("tcp: flags of the first SYN each way, not of a later one", () => {
  const flow = tcpOf(
    there(0, { flags: SYN | ECE | CWR }),
    there(1, { flags: SYN }),
    back(2, { flags: SYN | ACK | ECE }),
    back(3, { flags: SYN | ACK }),
  );
  assertEquals([flow.tcp_synflags_fwd, flow.tcp_synflags_rev], [0xc2, 0x52]);
  const reflected = tcpOf(there(0, { flags: SYN }), back(0, { flags: 255 & ~(FIN | RST) }));
  assertEquals([reflected.tcp_synflags_fwd, reflected.tcp_synflags_rev], [2, 0xfa]);
});

Deno.test("tcp: flags have nine bits, and the three that are reserved are none", () => {
  const flow = tcpOf(
    there(0, { flags: 0x0e00 | SYN | ECE | CWR | AE }),
    back(1, { flags: SYN | ACK | AE | CWR }),
    there(2, { flags: ACK }),
  );
  assertEquals([flow.tcp_synflags_fwd, flow.tcp_synflags_rev], [0x1c2, 0x192]);
  assertEquals(flow.tcp_connected, true);
});

Deno.test("tcp: FIN and RST stand in their own direction", () => {
  const ends = (...frames: Frame[]) => {
    const flow = tcpOf(there(0), ...frames);
    return [flow.tcp_fin_fwd, flow.tcp_fin_rev, flow.tcp_rst_fwd, flow.tcp_rst_rev];
  };
  assertEquals(ends(there(1, { flags: FIN | ACK })), [true, false, false, false]);
  assertEquals(ends(back(1, { flags: FIN | ACK })), [false, true, false, false]);
  assertEquals(ends(there(1, { flags: RST })), [false, false, true, false]);
  assertEquals(ends(back(1, { flags: RST | ACK })), [false, false, false, true]);
  // After completion too
  assertEquals(ends(back(1, { flags: RST }), there(2, { flags: FIN })), [true, false, false, true]);
});

Deno.test("tcp: connected takes SYN, SYN-ACK and ACK, in this order", () => {
  const syn = there(0, { flags: SYN });
  const synAck = back(1, { flags: SYN | ACK });
  const ack = there(2, { flags: ACK });
  assertEquals(tcpOf(syn, synAck, ack).tcp_connected, true);
  assertEquals(tcpOf(syn, synAck, there(2, { flags: ACK | FIN })).tcp_connected, true);
  assertEquals(tcpOf(syn, synAck).tcp_connected, false);
  assertEquals(tcpOf(syn, ack).tcp_connected, false);
  assertEquals(tcpOf(syn, ack, synAck).tcp_connected, false);
  assertEquals(tcpOf(there(0), synAck, ack).tcp_connected, false, "no SYN");
  assertEquals(tcpOf(syn, synAck, there(2, { flags: RST | ACK })).tcp_connected, false);
  assertEquals(tcpOf(syn, synAck, there(2, { flags: RST })).tcp_connected, false);
  assertEquals(tcpOf(syn, synAck, there(2, { flags: SYN | ACK })).tcp_connected, false);
  assertEquals(tcpOf(syn, synAck, back(2)).tcp_connected, false, "ACK of the wrong side");
  assertEquals(tcpOf(syn, back(1, { flags: SYN }), ack).tcp_connected, false, "a SYN without ACK");
  assertEquals(tcpOf(syn, back(1, { flags: RST | ACK }), ack).tcp_connected, false);
});
