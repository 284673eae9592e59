import { assertEquals } from "@std/assert";
import type { TransportHeader, UdpHeader } from "../../../src/mod.ts";
import { seen } from "../../data/chain.ts";
import { single } from "../../data/dissect.ts";
import { be16, ethernet, ip4, join, UDP, udp } from "../../data/packets.ts";

const of = ({ sourcePort, destinationPort, length, checksum, payload }: UdpHeader) => [
  sourcePort,
  destinationPort,
  length,
  checksum,
  [...payload],
];

function look(datagram: Uint8Array, cut = 0) {
  const data = ethernet(ip4(datagram, { protocol: UDP }));
  return seen("udp", of, [{ ...single(data.slice(0, data.length - cut)), wire: data.length }])[0];
}

Deno.test("UDP: every field of the header", () => {
  const datagram = udp(Uint8Array.of(1, 2, 3), 60000, 443);
  datagram.set([0xab, 0xcd], 6);
  assertEquals(look(datagram), [60000, 443, 11, 0xabcd, [1, 2, 3]]);
  assertEquals(look(datagram, 2), [60000, 443, 11, 0xabcd, [1]]);
  assertEquals(look(datagram, 3), [60000, 443, 11, 0xabcd, []]);
});

Deno.test("UDP: the payload ends with the datagram, and a length that lies shows no more than there is", () => {
  const datagram = join(udp(Uint8Array.of(1, 2, 3)), [9, 9]);
  assertEquals(look(datagram)?.[4], [1, 2, 3]);
  for (const [length, payload] of [[8, []], [0, [1, 2, 3, 9, 9]], [60000, [1, 2, 3, 9, 9]]]) {
    datagram.set(be16(length as number), 4);
    assertEquals(look(datagram)?.[4], payload);
  }
});

Deno.test("another transport: its protocol and its octets", () => {
  const data = ethernet(ip4(Uint8Array.of(5, 6), { protocol: 47 }));
  const look = (header: TransportHeader) => [header.protocol, ...header.payload];
  assertEquals(seen("l4", look, [single(data)]), [[47, 5, 6]]);
});
