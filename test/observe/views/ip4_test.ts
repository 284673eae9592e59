import { assertEquals } from "@std/assert";
import type { Ip4Header } from "../../../src/mod.ts";
import { seen } from "../../data/chain.ts";
import { single } from "../../data/dissect.ts";
import { ethernet, type Frame, ip4, TCP, tcp, UDP } from "../../data/packets.ts";

function look<Value>(of: (ip: Ip4Header) => Value, frame: Frame): Value {
  return seen("ip4", of, [frame])[0]!;
}

Deno.test("IPv4: every field of the header", () => {
  const packet = ip4(tcp(), { tos: 0xb9 });
  packet.set([0x12, 0x34], 4);
  packet.set([0xab, 0xcd], 10);
  const found = look((ip) => ({
    version: ip.version,
    time: ip.time,
    source: ip.source,
    destination: ip.destination,
    sourceOctets: [...ip.sourceOctets],
    destinationOctets: [...ip.destinationOctets],
    trafficClass: ip.trafficClass,
    dscp: ip.dscp,
    ecn: ip.ecn,
    id: ip.id,
    ttl: ip.ttl,
    hopLimit: ip.hopLimit,
    protocol: ip.protocol,
    checksum: ip.checksum,
    headerLength: ip.headerLength,
    length: ip.length,
    captured: ip.captured,
    payload: ip.payload.length,
    options: [...ip.options()],
  }), { time: 1_700_000_000.123456, data: ethernet(packet) });
  assertEquals(found, {
    version: 4,
    time: 1_700_000_000.123456,
    source: "192.0.2.1",
    destination: "198.51.100.7",
    sourceOctets: [192, 0, 2, 1],
    destinationOctets: [198, 51, 100, 7],
    trafficClass: 0xb9,
    dscp: 46,
    ecn: 1,
    id: 0x1234,
    ttl: 64,
    hopLimit: 64,
    protocol: TCP,
    checksum: 0xabcd,
    headerLength: 20,
    length: 40,
    captured: 40,
    payload: 20,
    options: [],
  });
});

Deno.test("IPv4: flags and fragment offset", () => {
  const flags = (fragment: number) =>
    look(
      (ip) => [ip.flags, ip.evil, ip.df, ip.mf, ip.moreFragments, ip.fragmentOffset],
      single(ethernet(ip4(tcp(), { fragment }))),
    );
  assertEquals(flags(0), [0, false, false, false, false, 0]);
  assertEquals(flags(0x8000), [4, true, false, false, false, 0]);
  assertEquals(flags(0x4000), [2, false, true, false, false, 0]);
  assertEquals(flags(0x2000), [1, false, false, true, true, 0]);
});

Deno.test("IPv4: options, up to the first that cannot be", () => {
  const options = (octets: number[]) =>
    look(
      (ip) => [...ip.options()].map(({ kind, data }) => [kind, ...data]),
      single(ethernet(ip4(tcp(), { options: octets }))),
    );
  assertEquals(options([148, 4, 7, 8]), [[148, 7, 8]]);
  assertEquals(options([1, 68, 3, 5, 0, 9, 9, 9]), [[1], [68, 5]]);
  assertEquals(options([1, 7, 40, 4]), [[1]], "longer than the header");
  assertEquals(options([7, 0, 1, 1]), []);
  assertEquals(options([1, 1, 1, 7]), [[1], [1], [1]], "its length is missing");
});

Deno.test("IPv4: the payload ends where the packet does, padding is not shown", () => {
  const data = ethernet(ip4(Uint8Array.of(1, 2, 3), { protocol: 200 }));
  const padded = new Uint8Array(60);
  padded.set(data);
  assertEquals(look((ip) => [[...ip.payload], ip.length, ip.captured], single(padded)), [
    [1, 2, 3],
    23,
    23,
  ]);
  assertEquals(
    look((ip) => [ip.payload.length, ip.length, ip.captured], {
      time: 1,
      data: ethernet(ip4(new Uint8Array(8), { protocol: UDP, total: 1000 })),
      wire: 1014,
    }),
    [8, 1000, 28],
  );
});
