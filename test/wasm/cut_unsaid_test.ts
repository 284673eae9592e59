import { assertEquals } from "@std/assert";
import { drained, flowTable, passedOver } from "../data/dissect.ts";
import { ethernet, ip4, ip6, records, tcp, UDP, udp } from "../data/packets.ts";

const SNAPLEN = 96;

/** The outcome of a frame in a file that keeps `SNAPLEN` octets of each, and says so much was on the wire. */
function one(whole: Uint8Array, captured = SNAPLEN, wire = captured, snaplen = SNAPLEN) {
  const table = flowTable();
  table.beginSection();
  table.addInterface({ linkType: 1, snaplen, resolution: 9, offset: 0 });
  const data = records([{ time: 1, data: whole.subarray(0, captured), wire }]);
  table.input(1).set(data);
  table.findRecords(0, data.length, false, 1, 1 << 18);
  table.dissectListed();
  table.flush();
  return [drained(table).map(({ oct_fwd }) => oct_fwd), passedOver(table)];
}

const long = ethernet(ip4(tcp({ payload: new Uint8Array(500) })));

Deno.test("where a packet was cut and its record says it was not, the IP header knows its length", () => {
  assertEquals(one(long), [[540], {}]);
  assertEquals(one(ethernet(ip6(tcp({ payload: new Uint8Array(500) })))), [[560], {}]);
  const options = ethernet(ip4(tcp(), { options: Array(40).fill(1) }));
  assertEquals(one(options, 80, 80, 80), [[], { truncated: 1 }]);
  assertEquals(one(ethernet(ip4(udp(new Uint8Array(9)), { protocol: UDP })), 40, 40, 40), [[], {
    truncated: 1,
  }]);
  assertEquals(one(long, 30, 30, 30), [[], { truncated: 1 }]);
});

Deno.test("what is shorter than the others may be, or whose length is known, is a lie all the same", () => {
  for (const [captured, wire, snaplen] of [[95, 95], [96, 97], [80, 90], [96, 96, 0]]) {
    assertEquals(one(long, captured, wire, snaplen), [[], { malformed_ip: 1 }], `${captured}`);
  }
  // A header that contradicts itself, whatever is missing behind it
  const short = ethernet(ip4(tcp({ payload: new Uint8Array(500) }), { total: 30 }));
  assertEquals(one(short), [[], { malformed_tcp: 1 }]);
});
