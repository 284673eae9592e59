import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { PROBE_OUTCOMES, type Reply, ReplyReader } from "../../src/probe/reply.ts";

const encoder = new TextEncoder();

const NOTHING = {
  responder: null,
  timeUs: null,
  mpls: [],
  support: null,
  errno: null,
  reason: null,
};

/** What is read from pieces: replies with their tokens, and garbage as text. */
function read(...pieces: readonly (string | Uint8Array)[]): ([number, Reply] | string)[] {
  const found: ([number, Reply] | string)[] = [];
  const reader = new ReplyReader({
    reply: (token, reply) => found.push([token, reply]),
    garbage: (line) => found.push(line),
  });
  for (const piece of pieces) {
    reader.push(typeof piece === "string" ? encoder.encode(piece) : piece);
  }
  return found;
}

Deno.test("every reply of mtr-packet(8) is read", () => {
  for (const outcome of PROBE_OUTCOMES) {
    assertEquals(read(`42 ${outcome}\n`), [[42, { ...NOTHING, outcome }]]);
  }
  assertEquals(read("1 reply ip-4 192.0.2.1 round-trip-time 126\n"), [
    [1, { ...NOTHING, outcome: "reply", responder: "192.0.2.1", timeUs: 126 }],
  ]);
  assertEquals(read("2147483647 ttl-expired ip-6 2001:db8::1 round-trip-time 0\n"), [
    [2147483647, { ...NOTHING, outcome: "ttl-expired", responder: "2001:db8::1", timeUs: 0 }],
  ]);
  assertEquals(read("3 feature-support support 0.95\n"), [
    [3, { ...NOTHING, outcome: "feature-support", support: "0.95" }],
  ]);
  assertEquals(read("4 unexpected-error errno 90\n5 invalid-argument reason no-such-thing\n"), [
    [4, { ...NOTHING, outcome: "unexpected-error", errno: 90 }],
    [5, { ...NOTHING, outcome: "invalid-argument", reason: "no-such-thing" }],
  ]);
});

Deno.test("an MPLS label stack is read in groups of four numbers", () => {
  const [found] = read(
    "7 ttl-expired ip-4 192.0.2.1 round-trip-time 5 mpls 16,1,0,63,1048575,7,1,1\n",
  );
  assertEquals(found, [7, {
    ...NOTHING,
    outcome: "ttl-expired",
    responder: "192.0.2.1",
    timeUs: 5,
    mpls: [
      { label: 16, trafficClass: 1, bottomOfStack: false, ttl: 63 },
      { label: 1048575, trafficClass: 7, bottomOfStack: true, ttl: 1 },
    ],
  }]);
});

Deno.test("what a later version adds is passed over, and a carriage return", () => {
  assertEquals(read("1 reply colour blue ip-4 192.0.2.1 round-trip-time 3\r\n"), [
    [1, { ...NOTHING, outcome: "reply", responder: "192.0.2.1", timeUs: 3 }],
  ]);
});

Deno.test("lines that are no replies are garbage", () => {
  for (
    const line of [
      "",
      "y",
      "hello world",
      "1",
      "1 ",
      "x reply",
      "1 replied",
      "12345678901234 reply",
      "1 reply ip-4",
      "1 reply ip-4 ",
      "1 reply ip-4 192.0.2.1 round-trip-time soon",
      "1 ttl-expired ip-4 192.0.2.1 round-trip-time 5 mpls 1,2,3",
      "1 ttl-expired ip-4 192.0.2.1 round-trip-time 5 mpls 1,2,3,x",
    ]
  ) {
    assertEquals(read(`${line}\n`), [line], line);
  }
  assertEquals(read("\x00\xff".repeat(100) + "\n").length, 1);
});

Deno.test("a line without an end is garbage when it is too long, not memory without an end", () => {
  const piece = new Uint8Array(1000).fill(0x31);
  const found = read(...Array.from({ length: 9 }, () => piece));
  assertEquals(found, ["1".repeat(60)]);
});

Deno.test("a line that is not whole is no reply", () => {
  assertEquals(read("1 reply ip-4 192.0.2.1 round-trip-time 12"), []);
});

Deno.test("replies are the same in whatever pieces they come", () => {
  const text = Array.from(
    PROBE_OUTCOMES,
    (outcome, at) => `${at} ${outcome} ip-6 2001:db8::${at} round-trip-time ${at * 1000}\n`,
  ).join("");
  const whole = read(text);
  const octets = encoder.encode(text);
  fc.assert(fc.property(fc.array(fc.nat(octets.length), { maxLength: 40 }), (cuts) => {
    const at = [0, ...cuts.sort((a, b) => a - b), octets.length];
    const pieces = at.slice(1).map((end, index) => octets.slice(at[index], end));
    assertEquals(read(...pieces), whole);
  }));
});

Deno.test("no octets whatever make the reader throw", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (octets) => {
    for (const found of read(octets, "\n9 no-reply\n").slice(-1)) {
      assertEquals(found, [9, { ...NOTHING, outcome: "no-reply" }]);
    }
  }));
});
