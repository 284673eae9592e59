import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  type DnsFields,
  type DnsQuestion,
  encodeQuery,
  LONGEST_MESSAGE,
  questionFor,
  readAnswer,
} from "../../src/connect/types/dns_message.ts";
import { StreamQuestion } from "../../src/connect/types/dnstcp.ts";
import { dns, NAME, POINTER, question as asked, record, RESPONSE } from "../data/dns.ts";
import { be16, join } from "../data/packets.ts";

/** What the messages of `test/data/dns.ts` answer. */
const QUESTION: DnsQuestion = { id: 0x1234, name: "www.example.org", type: "A", edns: true };

function read(octets: Uint8Array): DnsFields {
  const answer = readAnswer(octets, QUESTION);
  if (typeof answer === "string") throw new Error(answer);
  return answer;
}

/** The octets of an alias: the name's pointer, type CNAME, class IN, TTL, length, data. */
function alias(data: Uint8Array): Uint8Array {
  return join(POINTER, [0, 5, 0, 1, 0, 0, 0, 60], be16(data.length), data);
}

Deno.test("a query asks one question, with EDNS, and recursion", () => {
  const octets = encodeQuery(QUESTION);
  const opt = [0, 0, 41, 1232 >> 8, 1232 & 255, 0, 0, 0, 0, 0, 0];
  const expected = join([0x12, 0x34, 0x01, 0, 0, 1, 0, 0, 0, 0, 0, 1], asked(), opt);
  assertEquals([...octets], [...expected]);
  const plain = join([0x12, 0x34, 0x01, 0, 0, 1, 0, 0, 0, 0, 0, 0], asked());
  assertEquals([...encodeQuery({ ...QUESTION, edns: false })], [...plain]);
});

Deno.test("the domain of the job is asked for, unless the arm wishes another", () => {
  const name = (domain?: string, wish?: object) => {
    const found = questionFor(domain, wish);
    return typeof found === "string" ? found : `${found.name} ${found.type}`;
  };
  assertEquals(name("a.example"), "a.example A");
  assertEquals(name("a.example", { type: "AAAA" }), "a.example AAAA");
  assertEquals(name("a.example", { name: "b.example" }), "b.example A");
  assertEquals(name(), "example.com A");
});

Deno.test("transaction ids are not to be guessed", () => {
  const ids = Array.from({ length: 100 }, () => (questionFor("a", {}) as DnsQuestion).id);
  assert(new Set(ids).size > 80);
  assert(ids.every((id) => id >= 0 && id <= 0xffff));
});

Deno.test("an answer has its code and its records", () => {
  const answers = [record(), alias(NAME)];
  assertEquals(read(dns({ answers })), {
    dns_name: "www.example.org",
    dns_rcode: "NOERROR",
    dns_truncated: false,
    dns_complete: true,
    dns_answers: [
      { name: "www.example.org", type: "A", ttl: 300, data: "192.0.2.9" },
      { name: "www.example.org", type: "CNAME", ttl: 60, data: "www.example.org" },
    ],
    dns_error: null,
  });
});

Deno.test("an answer is complete when its server is the name's own or asks others", () => {
  const complete = (flags: number) => read(dns({ flags: 0x8000 | flags })).dns_complete;
  assertEquals([complete(0x0400), complete(0x0080), complete(0x0100)], [true, true, false]);
});

Deno.test("octets in an answer become text, and it can be written as JSON", () => {
  const unknown = join(POINTER, [0xff, 0x00, 0, 1, 0, 0, 0, 60], be16(3), [1, 0xab, 3]);
  const { dns_answers: [first] } = read(dns({ answers: [unknown] }));
  assertEquals(first?.data, "01ab03");
  assertEquals(JSON.parse(JSON.stringify(first)), first);
});

Deno.test("codes, also those of EDNS, and truncation are reported", () => {
  assertEquals(read(dns({ flags: RESPONSE | 3, answers: [] })).dns_rcode, "NXDOMAIN");
  const opt = [0, 0, 41, 4, 0, 1, 0, 0, 0, 0, 0]; // the upper bits of the code are 1
  const badVersion = dns({ answers: [], additionals: [Uint8Array.from(opt)] });
  assertEquals(read(badVersion).dns_rcode, "RCODE_16");
  assertEquals(read(dns({ flags: RESPONSE | 0x0200, answers: [] })).dns_truncated, true);
});

Deno.test("an error may leave the question out, an answer may not", () => {
  const bare = { questions: [], answers: [] };
  assertEquals(read(dns({ ...bare, flags: RESPONSE | 1 })).dns_rcode, "FORMERR");
  assertEquals(readAnswer(dns(bare), QUESTION), "the answer is to another question");
});

Deno.test("what is not the answer says why", () => {
  const wrong: [string, Uint8Array, Partial<DnsQuestion>?][] = [
    ["what came is shorter than a DNS message", new Uint8Array(11)],
    ["what came is shorter than a DNS message", new Uint8Array(0)],
    ["what came is no DNS response", dns({ flags: 0x0100 })],
    ["what came is no DNS response", new TextEncoder().encode("SSH-2.0-OpenSSH_9.2p1")],
    ["the answer has another transaction id", dns(), { id: 0x1235 }],
    ["the answer is to another question", dns(), { name: "www.example.com" }],
    ["the answer is to another question", dns(), { type: "AAAA" }],
    ["the answer is to another question", dns({ questions: [asked(), asked()] })],
    ["the answer is no well-formed DNS message", dns({ answers: [record(POINTER, NAME, 900)] })],
    ["the answer is no well-formed DNS message", dns({ counts: [1, 9, 0, 0] })],
    ["what came is longer than 16384 octets", new Uint8Array(LONGEST_MESSAGE + 1)],
  ];
  for (const [problem, octets, different] of wrong) {
    assertEquals(readAnswer(octets, { ...QUESTION, ...different }), problem);
  }
});

Deno.test("a name is compared without regard to case", () => {
  const shouted = Uint8Array.from(NAME, (octet) => octet > 0x60 ? octet - 0x20 : octet);
  assertEquals(read(dns({ questions: [asked(shouted)] })).dns_rcode, "NOERROR");
});

/** Messages that begin right, so that the reading gets far, and octets of any kind. */
const octets = fc.oneof(
  fc.uint8Array({ maxLength: 700 }),
  fc.tuple(
    fc.uint8Array({ maxLength: 300 }),
    fc.array(fc.nat(0xffff), { minLength: 4, maxLength: 4 }),
  )
    .map(([rest, counts]) => join([0x12, 0x34, 0x81, 0x80], ...counts.map(be16), rest)),
  fc.tuple(fc.array(fc.nat(255)), fc.nat(40)).map(([noise, at]) => {
    const message = dns({ answers: [record(), alias(NAME), record(NAME)] });
    message.set(noise.slice(0, message.length - at), at);
    return message;
  }),
);

Deno.test("no octets make the reading throw, and what it makes of them can be written", () => {
  fc.assert(
    fc.property(octets, (octets) => {
      const answer = readAnswer(octets, QUESTION);
      if (typeof answer !== "string") JSON.stringify(answer);
    }),
    { numRuns: 5000 },
  );
});

Deno.test("over TCP no octets in any pieces make it throw, and it never waits once it is over", () => {
  const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 30 });
  fc.assert(
    fc.property(octets, pieces, fc.boolean(), (octets, more, whole) => {
      const exchange = new StreamQuestion(QUESTION);
      const first = whole ? [join(be16(octets.length), octets)] : [];
      for (const piece of [...first, ...more]) {
        if (exchange.received(new Uint8Array(piece)) !== "more") {
          JSON.stringify(exchange.fields());
          return;
        }
      }
      exchange.ended();
      assert(typeof exchange.fields().dns_error === "string");
    }),
    { numRuns: 3000 },
  );
});

Deno.test("names that point to names, over and over, are read in bounded work", () => {
  // Each pointer leads to the one before it; each record's name begins at the last of them
  const pointers: number[] = [];
  const start = 12 + asked().length;
  for (let at = start + 11; pointers.length < 8000; at += 2) {
    const before = pointers.length === 0 ? 12 : at - 2;
    pointers.push(0xc0 | before >> 8, before & 255);
  }
  const last = start + 11 + pointers.length - 2;
  const chain = join([0, 0xff, 0, 0, 1, 0, 0, 0, 0], be16(pointers.length), pointers);
  const short = join([0xc0 | last >> 8, last & 255], [0xff, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  const message = dns({ answers: [chain, ...Array.from({ length: 690 }, () => short)] });
  assert(message.length < LONGEST_MESSAGE);
  assertEquals(read(message).dns_answers.length, 691);
});
