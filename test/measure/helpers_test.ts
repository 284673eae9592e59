import { assertEquals } from "@std/assert";
import { helpers } from "../../src/measure/helpers.ts";
import { flow, SILENT } from "../data/flow.ts";

const { compare } = helpers;

const up = flow();
const silent = flow(SILENT);
const refused = flow({
  spdr_state: 1,
  spdr_outcome: "refused",
  tcp_synflags_rev: null,
  tcp_connected: false,
});

Deno.test("two flows are compared by their sockets where the wire agrees", () => {
  assertEquals(compare(up, up), "works");
  for (const down of [silent, refused]) {
    assertEquals(compare(up, down), "broken");
    assertEquals(compare(down, up), "transient");
    assertEquals(compare(down, down), "offline");
  }
});

Deno.test("a connection that took more than half of the time that another ran out of says nothing", () => {
  const slow = flow({ spdr_stop: "2023-11-14T22:13:25.100Z" });
  const half = flow({ spdr_stop: "2023-11-14T22:13:25.000Z" });
  assertEquals([compare(slow, silent), compare(silent, slow)], [null, null]);
  assertEquals([compare(half, silent), compare(silent, half)], ["broken", "transient"]);
  assertEquals(compare(slow, refused), "broken");
});

Deno.test("an answer to a handshake that came to nothing says nothing", () => {
  const late = { ...silent, tcp_synflags_rev: 0x12, pkt_rev: 1 };
  const rejected = { ...refused, tcp_synflags_rev: 0x14 };
  assertEquals([compare(up, late), compare(late, up), compare(late, silent)], [null, null, null]);
  assertEquals(compare(up, rejected), "broken");
});

Deno.test("a datagram that came back and was not accepted says nothing", () => {
  const datagram = { proto: 17, tcp_connected: false } as const;
  const answered = { ...up, ...datagram, udp_zero_checksum_rev: false };
  const late = { ...silent, ...datagram, pkt_rev: 1 };
  assertEquals(compare(answered, late), null);
  assertEquals(compare(answered, { ...refused, ...datagram, pkt_rev: 1 }), "broken");
  const heard = { ...refused, ...datagram, udp_zero_checksum_rev: false };
  assertEquals(compare(answered, heard), null);
  assertEquals(compare(answered, { ...up, ...datagram }), null);
});

Deno.test("what is no word of the network's before a handshake says nothing, and after it does", () => {
  const failed = { ...refused, spdr_outcome: "failed" };
  assertEquals([compare(up, failed), compare(failed, failed)], [null, null]);
  assertEquals(compare(up, flow({ spdr_state: 1, spdr_outcome: "failed" })), "broken");
});

Deno.test("handshakes after which both exchanges failed say nothing", () => {
  const reset = flow({ spdr_state: 1, spdr_outcome: "reset" });
  assertEquals([compare(reset, reset), compare(reset, silent)], [null, null]);
});

Deno.test("a fallback from accurate ECN, whose answer may show that the first SYN got through", () => {
  const fellBackTo = (tcpx_synflags_answered: number, reply: number) =>
    flow({
      tcp_synflags_fwd: 0x1c2,
      tcpx_synflags_answered,
      tcpx_syn_fwd: 2,
      tcpx_syn_differed: true,
      tcp_synflags_rev: 0x12 | reply,
    });
  const up = (answered: number, reply: number) => helpers.isUp(fellBackTo(answered, reply));
  assertEquals([up(0x02, 0), up(0xc2, 0), up(0xc2, 0x40)], [false, false, false]);
  // AE, CWR and ECE say with which ECN field it arrived (RFC 9768, section 3.1.1)
  for (const arrivedAs of [0x80, 0xc0, 0x100, 0x180]) {
    assertEquals([up(0x02, arrivedAs), up(0xc2, arrivedAs)], [null, null], `${arrivedAs}`);
  }
  assertEquals(up(0x02, 0x40), null);
  assertEquals(up(0x1c2, 0x80), true);
});
