import { assertEquals } from "@std/assert";
import { rowOf } from "./probe_fixture.ts";
import { line, ping, question } from "./probe_packets.ts";
import {
  ADDRESS,
  answersTo,
  both,
  counted,
  datagramFor,
  dnsAnswerFor,
  probe,
  replyFor,
  segmentFor,
  syns,
  take,
  VERSIONS,
} from "./answer_fixture.ts";

Deno.test("DNS answers count that repeat the id and the question letter for letter", () => {
  for (const version of VERSIONS) {
    const arms = [question(version, ["www", "example", "org"]), question(version, ["a-1", "net"])];
    const answers = answersTo(arms, { sharesPort: true });
    const run = { sharesPort: true };
    const row = rowOf(ADDRESS[version], 53);
    const octets = probe(arms, row, { arm: 1 }, run);
    const flip = (at: number) => (payload: Uint8Array) => {
      payload[at]! ^= 0x20;
    };
    take(answers, [
      dnsAnswerFor(octets, flip(13)),
      // The answer's bit is not set: it is the question
      datagramFor(octets),
      dnsAnswerFor(octets, (payload) => payload.subarray(0, 20)),
    ]);
    assertEquals(counted(answers), { unproven: 3 });
    take(answers, [
      dnsAnswerFor(octets, (payload) => {
        payload[1]! ^= 1;
      }),
      dnsAnswerFor(octets, (payload) => payload.subarray(0, 11)),
    ]);
    assertEquals(counted(answers), { unproven: 4, foreign: 1 });
    take(answers, [dnsAnswerFor(octets), dnsAnswerFor(octets)]);
    take(answers, [dnsAnswerFor(probe(arms, row, {}, run))]);
    assertEquals(counted(answers), { unproven: 4, foreign: 1, dns: 2, repeated: 1 });
    const [target] = answers.due(0, 1);
    const at = (version === 4 ? 20 : 40) + 8;
    const kept = target!.arms[1]!.octets.subarray(at);
    assertEquals(kept.length, 12 + 9 + 4);
    assertEquals([...kept.subarray(0, 2)], [0, 0]);
    assertEquals(new TextDecoder().decode(kept.subarray(13, 16)), "a-1");
    assertEquals(target!.arms[1]!.length, dnsAnswerFor(octets).length);
  }
});

Deno.test("what proves nothing makes no target known, and one that is known no silent one", () => {
  const arms = [question(4, ["example", "org"]), question(4, ["example", "net"])];
  const answers = answersTo(arms, { sharesPort: true });
  const run = { sharesPort: true };
  const rows = ["10.0.0.1", "10.0.0.2", "10.0.0.3"].map((address) => rowOf(address, 53));
  const [garbled, before, behind] = rows.map((row) => probe(arms, row, {}, run));
  const without = (octets: Uint8Array) => dnsAnswerFor(octets, (payload) => payload.fill(0, 0, 4));
  take(answers, [without(garbled!), without(before!)]);
  assertEquals([answers.waiting, counted(answers)], [0, { unproven: 2 }]);
  take(answers, [dnsAnswerFor(before!), dnsAnswerFor(behind!), without(behind!)]);
  answers.enter(rows[0]!, 1, 0);
  const due = answers.due(100_000, 10).map(({ address, unproven }) => [address, unproven]);
  assertEquals(due, [["10.0.0.2", true], ["10.0.0.3", true], ["10.0.0.1", true]]);
});

Deno.test("datagrams count that give the text back, wherever it stands", () => {
  for (const version of VERSIONS) {
    const arms = [line(version, "", "\n"), line(version, "hello ", "", 0)];
    const answers = answersTo(arms, { sharesPort: true });
    const run = { sharesPort: true };
    const row = rowOf(ADDRESS[version], 7);
    const [first, second] = [0, 1].map((arm) => probe(arms, row, { arm }, run));
    const moved = (before: string) => (payload: Uint8Array) =>
      Uint8Array.from([...new TextEncoder().encode(before), ...payload]);
    take(answers, [
      datagramFor(first!, (payload) => payload.subarray(1)),
      datagramFor(first!, () => new TextEncoder().encode("no")),
      datagramFor(first!, moved("0123456789abcdef")),
      datagramFor(second!, moved("echo: ")),
    ]);
    assertEquals(counted(answers), { unproven: 2, udp: 2 });
    const [target] = answers.due(0, 1);
    const at = (version === 4 ? 20 : 40) + 8;
    assertEquals(
      new TextDecoder().decode(target!.arms[1]!.octets.subarray(at)),
      "echo: hello " + "\0".repeat(16),
    );
  }
});

Deno.test("echo replies count that give sequence number and payload back", () => {
  for (const version of VERSIONS) {
    const arms = [ping(version, 4, 4), ping(version, 4, 8)];
    const answers = answersTo(arms, { sharesPort: true });
    const run = { sharesPort: true };
    const row = rowOf(ADDRESS[version], 0);
    const [first, second] = [0, 1].map((arm) => probe(arms, row, { arm }, run));
    take(answers, [
      replyFor(first!, (payload) => {
        payload[5]! ^= 1;
      }),
      replyFor(first!, (payload) => payload.subarray(0, 11)),
      first!,
    ]);
    assertEquals(counted(answers), { unproven: 2, foreign: 1 });
    take(answers, [replyFor(first!), replyFor(second!), replyFor(second!)]);
    assertEquals(counted(answers), { unproven: 2, foreign: 1, echo: 2, repeated: 1 });
    const [target] = answers.due(0, 1);
    assertEquals(target!.port, 0);
    const kept = target!.arms[0]!.octets.subarray(version === 4 ? 20 : 40);
    assertEquals([...kept], [
      version === 4 ? 0 : 129,
      ...Array(7).fill(0),
      ...Array(4).fill(0x5a),
      ...Array(8).fill(0),
      ...Array(4).fill(0x5a),
    ]);
  }
});

Deno.test("a later fragment, a header that ends too early, and what is no packet are malformed", () => {
  const arms = syns(4);
  const answers = answersTo(arms);
  const right = segmentFor(probe(arms, rowOf(ADDRESS[4], 443)));
  const later = right.slice();
  later[7] = 1;
  take(answers, [later, right.subarray(0, 30), Uint8Array.of(0), new Uint8Array()]);
  assertEquals(counted(answers), { malformed: 4 });
});

Deno.test("options of IPv4 and extension headers of IPv6 are passed over", () => {
  const options = segmentFor(probe(syns(4), rowOf(ADDRESS[4], 443)));
  const four = Uint8Array.from([
    0x46,
    ...options.subarray(1, 20),
    1,
    1,
    1,
    0,
    ...options.subarray(20),
  ]);
  four[3]! += 4;
  const plain = segmentFor(probe(syns(6), rowOf(ADDRESS[6], 443)));
  const six = Uint8Array.from([
    ...plain.subarray(0, 6),
    60,
    ...plain.subarray(7, 40),
    6,
    0,
    1,
    4,
    0,
    0,
    0,
    0,
    ...plain.subarray(40),
  ]);
  six[5]! += 8;
  const answers = answersTo(both(syns));
  take(answers, [four, six]);
  assertEquals(counted(answers), { synack: 2 });
});
