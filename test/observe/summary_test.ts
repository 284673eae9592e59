import { assertEquals } from "@std/assert";
import { Summing } from "../../src/observe/summary.ts";
import { Talkers } from "../../src/observe/talkers.ts";

const FLOW = { sip: "a", dip: "b", proto: 6, pkt_first: 10, pkt_last: 12, pkt_fwd: 3, pkt_rev: 2 };

Deno.test("flows are summed up by protocol and by address", () => {
  const summing = new Summing();
  assertEquals(summing.summary(10), {
    flows: 0,
    packets: 0,
    octets: 0,
    first_packet: null,
    last_packet: null,
    protocols: [],
    talkers: [],
    talkers_error: 0,
  });
  summing.add({ ...FLOW, oct_fwd: 100, oct_rev: 50 });
  summing.add({ ...FLOW, sip: "c", proto: 253, pkt_first: 5, oct_fwd: 1000, oct_rev: 0 });
  summing.add({ ...FLOW, sip: "b", pkt_last: 99, oct_fwd: 7, oct_rev: 7 }); // to itself
  const { protocols, talkers, ...total } = summing.summary(2);
  assertEquals(total, {
    flows: 3,
    packets: 15,
    octets: 1164,
    first_packet: 5,
    last_packet: 99,
    talkers_error: 0,
  });
  assertEquals(protocols, [
    { proto: 253, name: "proto 253", flows: 1, packets: 5, octets: 1000 },
    { proto: 6, name: "tcp", flows: 2, packets: 10, octets: 164 },
  ]);
  assertEquals(talkers, [
    { address: "b", flows: 3, packets: 15, octets: 1164, sent: 64, received: 1114 },
    { address: "c", flows: 1, packets: 5, octets: 1000, sent: 1000, received: 0 },
  ]);
});

Deno.test("talkers are exact up to twice what is kept, and say how wrong they may be beyond", () => {
  const talkers = new Talkers(100);
  const add = (address: number, octets: number) =>
    talkers.add(String(address), octets, 0, octets, 1);
  for (let address = 0; address < 200; address++) add(address, address);
  assertEquals(talkers.error, 0);
  add(200, 1);
  assertEquals(talkers.error, 99, "the largest that was forgotten");
  for (let round = 0; round < 50; round++) {
    for (let address = 1000; address < 1200; address++) add(address + round * 200, 1);
    add(7, 1_000_000);
  }
  const [[address, { octets }] = ["", { octets: 0 }]] = talkers.top(1);
  assertEquals(address, "7");
  assertEquals(octets + talkers.error >= 50_000_007 && octets <= 50_000_007, true);
});
