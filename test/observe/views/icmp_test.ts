import { assertEquals } from "@std/assert";
import { extractPorts, type IcmpHeader } from "../../../src/mod.ts";
import { seen } from "../../data/chain.ts";
import { single } from "../../data/dissect.ts";
import {
  be16,
  be32,
  ethernet,
  ICMP,
  ICMP6,
  icmpError,
  ip4,
  ip6,
  join,
  TCP,
  tcp,
  UDP,
  udp,
} from "../../data/packets.ts";

function look<Value>(of: (icmp: IcmpHeader) => Value, message: Uint8Array, version: 4 | 6 = 4) {
  const packet = version === 4 ? ip4(message, { protocol: ICMP }) : ip6(message, { next: ICMP6 });
  return seen(version === 4 ? "icmp4" : "icmp6", of, [single(ethernet(packet))])[0]!;
}

const quoted = (icmp: IcmpHeader) => {
  const quotation = icmp.quotation;
  return quotation === null ? null : {
    source: quotation.ip.source,
    protocol: quotation.ip.protocol,
    length: quotation.ip.length,
    captured: quotation.ip.captured,
    ports: [quotation.sourcePort, quotation.destinationPort],
    sequence: quotation.sequence,
    tcp: quotation.tcp?.flags ?? null,
    udp: quotation.udp?.length ?? null,
    icmp: quotation.icmp?.type ?? null,
  };
};

Deno.test("ICMP: every field of the header", () => {
  const message = join([8, 1, 0xab, 0xcd], be32(0x89abcdef), [1, 2]);
  const of = ({ type, code, checksum, word, isError, quotation, payload }: IcmpHeader) => [
    type,
    code,
    checksum,
    word,
    isError,
    quotation,
    [...payload],
  ];
  assertEquals(look(of, message), [8, 1, 0xabcd, 0x89abcdef, false, null, [1, 2]]);
});

Deno.test("ICMP: which messages are errors, in either version", () => {
  const errors = (version: 4 | 6) =>
    [0, 1, 2, 3, 4, 5, 8, 11, 12, 13, 128, 129].filter((type) =>
      look((icmp) => icmp.isError, icmpError(type, 0, new Uint8Array(8)), version)
    );
  assertEquals(errors(4), [3, 4, 5, 11, 12]);
  assertEquals(errors(6), [1, 2, 3, 4]);
});

Deno.test("ICMP: the quotation as views, as far as it was not cut", () => {
  const packet = ip4(tcp({ sequence: 77, flags: 0xc2, payload: new Uint8Array(9) }));
  const whole = {
    source: "192.0.2.1",
    protocol: TCP,
    length: 49,
    captured: 49,
    ports: [40000, 80],
    sequence: 77,
    tcp: 0xc2,
    udp: null,
    icmp: null,
  };
  const after = (octets: number) => look(quoted, icmpError(3, 1, packet.slice(0, octets)));
  assertEquals(after(49), whole);
  assertEquals(after(40), { ...whole, captured: 40 });
  assertEquals(after(39), { ...whole, captured: 39, tcp: null });
  assertEquals(after(28), { ...whole, captured: 28, tcp: null });
  assertEquals(after(27), { ...whole, captured: 27, tcp: null, sequence: null });
  assertEquals(after(23)?.ports, [null, null]);
  assertEquals(after(20)?.captured, 20);
  assertEquals(after(19), null);
  assertEquals(after(0), null);
});

Deno.test("ICMP: quotations of UDP, of ICMP and of IPv6 behind extension headers", () => {
  const datagram = ip4(udp(new Uint8Array(4), 5000, 53), { protocol: UDP });
  const ofUdp = look(quoted, icmpError(11, 0, datagram));
  assertEquals([ofUdp?.ports, ofUdp?.udp, ofUdp?.sequence], [[5000, 53], 12, null]);

  const echo = ip4(icmpError(8, 0, new Uint8Array(4)), { protocol: ICMP });
  const ofEcho = look(quoted, icmpError(11, 0, echo));
  assertEquals([ofEcho?.icmp, ofEcho?.ports], [8, [null, null]]);

  const options = [TCP, 0, 1, 4, 0, 0, 0, 0];
  const six = ip6(join(options, tcp({ flags: 2 })), { next: 60 });
  const ofSix = look(quoted, icmpError(1, 0, six), 6);
  assertEquals([ofSix?.source, ofSix?.ports, ofSix?.tcp], ["2001:db8::1", [40000, 80], 2]);
  assertEquals(look(quoted, icmpError(1, 0, six.slice(0, 47)), 6)?.ports, [null, null]);
});

Deno.test("ICMP: quotations that lie show nothing that is not there", () => {
  const lies: readonly (readonly [Uint8Array, unknown])[] = [
    [ip4(tcp(), { headerWords: 4 }), null],
    [ip4(tcp(), { total: 19 }), null],
    [ip6(tcp()), null],
    [ip4(tcp({ words: 4 })), [[40000, 80], null]],
    [ip4(tcp({ words: 15 })), [[40000, 80], null]],
    [ip4(tcp(), { fragment: 1 }), [[null, null], null]],
    [ip4(tcp(), { total: 24 }), [[40000, 80], null]],
  ];
  for (const [packet, expected] of lies) {
    const found = look(quoted, icmpError(3, 0, packet));
    assertEquals(found === null ? null : [found.ports, found.tcp], expected);
  }
});

Deno.test("ICMP: the quoted packet ends where it says, its headers where they are whole", () => {
  const behind = icmpError(3, 0, join(ip4(tcp(), { total: 24 }), [1, 2, 3]));
  assertEquals(look(({ quotation }) => quotation?.ip.captured, behind), 24);
  const options = new Uint8Array(16);
  options.set([TCP, 1]);
  const six = icmpError(1, 0, ip6(join(options, tcp()), { next: 60 }).slice(0, 50));
  const of = ({ quotation }: IcmpHeader) => [quotation?.ip.headerLength, quotation?.ip.protocol];
  assertEquals(look(of, six, 6), [40, 60]);
});

Deno.test("ICMP: whether it is counted to the flow that it quotes", () => {
  const error = ethernet(ip4(icmpError(3, 1, ip4(tcp())), { protocol: ICMP }));
  const of = (icmp: IcmpHeader) => icmp.quotesFlow;
  assertEquals(seen("icmp4", of, [single(error)]), [false]);
  assertEquals(seen("icmp4", of, [single(ethernet(ip4(tcp()))), single(error)]), [true]);
});

Deno.test("ports of a packet from its IP header, where there are some", () => {
  const ports = (packet: Uint8Array) =>
    seen("ip4", (ip) => extractPorts(ip), [single(ethernet(packet))])[0];
  assertEquals(ports(ip4(tcp())), [40000, 80]);
  assertEquals(ports(ip4(udp(new Uint8Array(), 1, 65535), { protocol: UDP })), [1, 65535]);
  const sctp = join(be16(7), be16(9), new Uint8Array(8));
  assertEquals(ports(ip4(sctp, { protocol: 132 })), [7, 9]);
  assertEquals(ports(ip4(Uint8Array.of(1, 2, 3), { protocol: 47 })), null);
  assertEquals(ports(ip4(icmpError(8, 0, new Uint8Array()), { protocol: ICMP })), null);
});
