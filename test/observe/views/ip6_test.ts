import { assertEquals } from "@std/assert";
import type { Ip6Header } from "../../../src/mod.ts";
import { seen } from "../../data/chain.ts";
import { single } from "../../data/dissect.ts";
import { be16, be32, ethernet, ip6, join, TCP, tcp } from "../../data/packets.ts";

function look<Value>(of: (ip: Ip6Header) => Value, packet: Uint8Array): Value {
  return seen("ip6", of, [single(ethernet(packet))])[0]!;
}

Deno.test("IPv6: every field of the header", () => {
  const packet = ip6(tcp(), { trafficClass: 0xb9 });
  packet.set([0x90 | 5, 0x12, 0x34], 1);
  const found = look((ip) => ({
    version: ip.version,
    source: ip.source,
    destination: ip.destination,
    octets: [ip.sourceOctets.length, ip.destinationOctets.at(-1)],
    trafficClass: ip.trafficClass,
    dscp: ip.dscp,
    ecn: ip.ecn,
    flowLabel: ip.flowLabel,
    id: ip.id,
    fragment: [ip.fragmentOffset, ip.moreFragments],
    hopLimit: ip.hopLimit,
    nextHeader: ip.nextHeader,
    protocol: ip.protocol,
    headerLength: ip.headerLength,
    length: ip.length,
    captured: ip.captured,
    payload: ip.payload.length,
    extensions: [...ip.extensions()],
  }), packet);
  assertEquals(found, {
    version: 6,
    source: "2001:db8::1",
    destination: "2001:db8:1::2",
    octets: [16, 2],
    trafficClass: 0xb9,
    dscp: 46,
    ecn: 1,
    flowLabel: 0x51234,
    id: null,
    fragment: [0, false],
    hopLimit: 64,
    nextHeader: TCP,
    protocol: TCP,
    headerLength: 40,
    length: 60,
    captured: 60,
    payload: 20,
    extensions: [],
  });
});

Deno.test("IPv6: extension headers, and the fragment header among them", () => {
  const hop = [44, 1, ...new Uint8Array(14).fill(1)];
  const fragment = [60, 0, ...be16(1), ...be32(0xdeadbeef)];
  const options = [TCP, 0, 1, 4, 0, 0, 0, 0];
  const packet = ip6(join(hop, fragment, options, tcp()), { next: 0 });
  assertEquals(
    look((ip) => ({
      nextHeader: ip.nextHeader,
      protocol: ip.protocol,
      headerLength: ip.headerLength,
      id: ip.id,
      fragment: [ip.fragmentOffset, ip.moreFragments],
      payload: ip.payload.length,
      extensions: [...ip.extensions()].map(({ protocol, octets }) => [protocol, octets.length]),
    }), packet),
    {
      nextHeader: 0,
      protocol: TCP,
      headerLength: 40 + 16 + 8 + 8,
      id: 0xdeadbeef,
      fragment: [0, true],
      payload: 20,
      extensions: [[0, 16], [44, 8], [60, 8]],
    },
  );
});

Deno.test("IPv6: an authentication header counts in words of four octets", () => {
  const header = join([TCP, 4], new Uint8Array(22));
  const packet = ip6(join(header, tcp()), { next: 51 });
  assertEquals(
    look((ip) => [ip.protocol, ip.headerLength, [...ip.extensions()][0]!.octets.length], packet),
    [TCP, 64, 24],
  );
});
