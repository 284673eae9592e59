import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Failure } from "../../../src/host/failure.ts";
import { readPackets } from "../../../src/plugin/testing/packet_text.ts";
import { WORDS } from "../../../src/plugin/testing/words.ts";
import { big, built } from "./packets.ts";

/** Where TCP begins behind an IPv4 header. */
const TCP = 20;
const FLAGS = TCP + 13;

/** Sequence number, acknowledgment number and flags of segments over IPv4. */
function numbers(text: string): (readonly [number, number, number])[] {
  return built(text).map((octets) => [
    big(octets, TCP + 4, 4),
    big(octets, TCP + 8, 4),
    octets[FLAGS]!,
  ]);
}

Deno.test("a conversation counts its sequence numbers", () => {
  assertEquals(
    numbers(`
      > S
      < SA
      > .
      > PA 80 octets
      < . again      # a duplicate
      > PA 80 octets again
      < A data "abc"
      > FA
      < FA
      > .`),
    [
      [1000, 0, 0x02],
      [5000, 1001, 0x12],
      [1001, 5001, 0x10],
      [1001, 5001, 0x18],
      [5000, 1081, 0x10],
      [1001, 5001, 0x18],
      [5001, 1081, 0x10],
      [1081, 5004, 0x11],
      [5004, 1082, 0x11],
      [1082, 5005, 0x10],
    ],
  );
});

Deno.test("a SYN with data is acknowledged to its end, and one sent anew begins anew", () => {
  assertEquals(numbers("> S tfo data 00010203\n< SA\n> S\n< SA").map(([seq, ack]) => [seq, ack]), [
    [1000, 0],
    [5000, 1005],
    [1000, 0],
    [5000, 1001],
  ]);
});

Deno.test("addresses and ports are each side's, in both families", () => {
  for (const family of [4, 6] as const) {
    const [there, back] = built("> S\n< SA", family);
    const ip = family === 4 ? 20 : 40;
    const size = family === 4 ? 4 : 16;
    const at = family === 4 ? 12 : 8;
    assertEquals(there!.subarray(at, at + size), back!.subarray(at + size, at + 2 * size));
    assertEquals([big(there!, ip, 2), big(there!, ip + 2, 2)], [40_001, 80]);
    assertEquals([big(back!, ip, 2), big(back!, ip + 2, 2)], [80, 40_001]);
  }
});

Deno.test("each word of IP and TCP sets its field", () => {
  const [octets] = built(
    "> . ttl 7 dscp 46 ce id 0x1234 evil nodf sport 1 dport 2 seq 3 ack 4 win 5 urgent 6 reserved 1 sum 0xbeef " +
      "from 203.0.113.1 to 203.0.113.2 mss 536 sackok ts 1 2 ws 3 nop",
  );
  const ip = octets!;
  assertEquals(ip[8], 7);
  assertEquals(ip[1], 46 << 2 | 3);
  assertEquals(big(ip, 4, 2), 0x1234);
  assertEquals(ip[6]! >> 5, 0b100);
  assertEquals([...ip.subarray(12, 20)], [203, 0, 113, 1, 203, 0, 113, 2]);
  assertEquals([big(ip, TCP, 2), big(ip, TCP + 2, 2)], [1, 2]);
  assertEquals([big(ip, TCP + 4, 4), big(ip, TCP + 8, 4)], [3, 4]);
  assertEquals(ip[TCP + 12]! & 15, 1);
  assertEquals([big(ip, TCP + 14, 2), big(ip, TCP + 16, 2), big(ip, TCP + 18, 2)], [5, 0xbeef, 6]);
  assertEquals([...ip.subarray(TCP + 20)], [
    ...[2, 4, 2, 24],
    ...[4, 2],
    ...[8, 10, 0, 0, 0, 1, 0, 0, 0, 2],
    ...[3, 3, 3],
    1,
  ]);
});

Deno.test("ecn asks on a SYN and agrees on a SYN-ACK", () => {
  assertEquals(numbers("> S ecn\n< SA ecn").map(([, , flags]) => flags), [0xc2, 0x52]);
  assertThrows(() => built("> . ecn"), Failure, "ecn goes with a SYN");
});

Deno.test("UDP, ICMP and other transports", () => {
  const [udp, unreachable, mine, gre] = built(
    "> udp 20 octets sum 0\n< icmp unreachable from 203.0.113.9\n< icmp 3 code 4 quote 0 rest 1500\n> protocol 47 data 0102",
  );
  assertEquals([udp![9], big(udp!, 24, 2), big(udp!, 26, 2)], [17, 28, 0]);
  assertEquals([unreachable![9], unreachable![20], unreachable![21]], [1, 3, 1]);
  assertEquals([...unreachable!.subarray(12, 16)], [203, 0, 113, 9]);
  // The quoted packet: IP header and eight octets
  assertEquals(unreachable!.subarray(28), udp!.subarray(0, 28));
  assertEquals([mine![20], mine![21], big(mine!, 24, 4), mine!.length], [3, 4, 1500, 28]);
  assertEquals([gre![9], ...gre!.subarray(20)], [47, 1, 2]);
  const [syn, six] = built("> S label 5\n< icmp prohibited", 6);
  assertEquals(big(syn!, 0, 4) & 0xfffff, 5);
  assertEquals([six![6], six![40], six![41]], [58, 1, 1]);
  assertEquals(six!.subarray(48), syn);
});

Deno.test("a word that may be left out is distinguished from the next", () => {
  const options = (text: string) => [...built(text)[0]!.subarray(TCP + 20)];
  assertEquals(options("> S tfo ce"), [34, 2, 0, 0]);
  assertEquals(options("> S tfo cede"), [34, 4, 0xce, 0xde]);
  assertEquals(built("> S tfo 80 octets")[0]!.length, 20 + 24 + 80);
  assertEquals(options("> S option 254 f989"), [254, 4, 0xf9, 0x89]);
});

Deno.test("what cannot be read or built is reported with its line", () => {
  const cases: Readonly<Record<string, string>> = {
    "> S\nS": 'line 2, "S": a packet begins with > (from the client) or < (to it)',
    ">": "what is sent?",
    "> X": "X is neither TCP flags",
    "> SS": "SS is neither TCP flags",
    "> S mss": "mss needs N",
    "> S mss many": "many is no number",
    "> S colour red": "there is no word colour; there are after, again",
    "> udp mss 1": "mss goes with tcp only",
    "> S length 1": "length goes with udp only",
    "> icmp": "icmp needs a number, or unreachable",
    "> S data abc": "abc is not an even number of hexadecimal digits",
    '> S data "abc': "a second double quote is missing",
    "> S 80": "there is no word 80",
    "> S 99999999999 octets": "a packet has 65535 octets of payload at most",
    "> S 65530 octets": "line 1: the packet cannot be forged: payload has 65530 octets",
    "> forged ttl 3": "ttl cannot stand with forged",
    "> S ttl 256": "line 1: the packet cannot be forged: ip.ttl is 256",
    "< icmp unreachable": "there is none",
    "> forged": "forged stands for what an arm sends",
  };
  for (const [text, said] of Object.entries(cases)) {
    assertThrows(() => built(text), Failure, said, text);
  }
});

Deno.test("remarks and empty lines are nothing, and a # in a text is no remark", () => {
  assertEquals(readPackets("\n  # a remark\n\n", "x"), [[]]);
  const [octets] = built('> . data "a#b"  # a remark');
  assertEquals(new TextDecoder().decode(octets!.subarray(40)), "a#b");
});

Deno.test("any text is read, or refused in a sentence", () => {
  const words = fc.constantFrom(
    ...Object.keys(WORDS),
    ">",
    "<",
    "S",
    "SA",
    "udp",
    "icmp",
    "forged",
  );
  const text = fc.array(fc.oneof(words, fc.string(), fc.nat().map(String), fc.constant("\n")), {
    maxLength: 30,
  }).map((parts) => parts.join(" "));
  fc.assert(
    fc.property(text, (text) => {
      try {
        for (const octets of built(text)) assert(octets.length >= 20);
      } catch (error) {
        assert(error instanceof Failure, String(error));
      }
    }),
    { numRuns: 2000 },
  );
});
