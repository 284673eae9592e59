import { assertEquals } from "@std/assert";
import { type ArmPacket, rowOf } from "./probe_fixture.ts";
import { line, ping, question } from "./probe_packets.ts";
import {
  ADDRESS,
  answersTo,
  both,
  build,
  counted,
  ends,
  errorFor,
  probe,
  segmentFor,
  syns,
  take,
  VERSIONS,
} from "./answer_fixture.ts";

Deno.test("an ICMP error counts that quotes a probe, at every length from the header's eight octets on", () => {
  const kinds: Record<string, (version: 4 | 6) => readonly ArmPacket[]> = {
    tcp: syns,
    dns: (version) => [question(version, ["www", "org"]), question(version, ["x"])],
    text: (version) => [line(version, "a", "b"), line(version, "", "")],
    echo: (version) => [ping(version, 3), ping(version)],
  };
  for (const [name, armsOf] of Object.entries(kinds)) {
    for (const version of VERSIONS) {
      const arms = armsOf(version);
      const run = { sharesPort: name !== "tcp" };
      const row = rowOf(ADDRESS[version], name === "echo" ? 0 : 53);
      const [first, second] = [0, 1].map((arm) => probe(arms, row, { arm }, run));
      const at = version === 4 ? 20 : 40;
      for (let length = at + 8; length <= first!.length; length++) {
        const answers = answersTo(arms, run);
        take(answers, [errorFor(first!, length)]);
        assertEquals(counted(answers), { icmp_unreachable: 1 }, `${name} ${version} ${length}`);
        // The same of the other arm must not count for this one
        take(answers, [errorFor(second!, Math.min(length, second!.length))]);
        assertEquals(answers.answered, [1, 1], `${name} ${version} ${length}`);
        // Any octet of what shows the token changes that it does
        const wrong = first!.slice();
        wrong[name === "tcp" ? at + 4 : at + 6]! ^= 1;
        if (version === 4) wrong[5]! ^= 1;
        for (const octet of wrong.keys()) if (octet >= at + 8) wrong[octet]! ^= 1;
        take(answers, [errorFor(wrong, length)]);
        assertEquals(answers.answers, 2);
      }
      // Ports alone show nothing
      const answers = answersTo(arms, run);
      take(answers, [errorFor(first!, at + 7)]);
      assertEquals(counted(answers), { unproven: 1 }, name);
      take(answers, [errorFor(first!, at)]);
      assertEquals(counted(answers), { unproven: 1, malformed: 1 }, name);
    }
  }
});

Deno.test("where an arm has no checksum, a quotation of eight octets shows too little of any arm", () => {
  const arms = [line(4, "", ""), line(4, "", "", 0)];
  const run = { sharesPort: true };
  const answers = answersTo(arms, run);
  const row = rowOf(ADDRESS[4], 7);
  const [first, second] = [0, 1].map((arm) => probe(arms, row, { arm }, run));
  take(answers, [errorFor(first!, 28), errorFor(second!, 28)]);
  assertEquals(counted(answers), { unproven: 2 });
  take(answers, [errorFor(first!, 44), errorFor(second!)]);
  assertEquals(counted(answers), { unproven: 2, icmp_unreachable: 2 });
});

Deno.test("an ICMP error stands until a transport answers, and does not make a target due", () => {
  for (const version of VERSIONS) {
    const arms = syns(version).slice(0, 1);
    const answers = answersTo(arms);
    const row = rowOf(ADDRESS[version], 443);
    const octets = probe(arms, row);
    take(answers, [errorFor(octets), errorFor(octets)]);
    assertEquals(counted(answers), { icmp_unreachable: 1, repeated: 1 });
    assertEquals([answers.due(0, 1), answers.answered], [[], [1]]);
    take(answers, [segmentFor(octets), errorFor(octets)]);
    assertEquals(counted(answers), { icmp_unreachable: 1, repeated: 2, synack: 1 });
    assertEquals(answers.answered, [1]);
    const [target] = answers.due(0, 1);
    assertEquals(target!.arms[0]!.length, segmentFor(octets).length);
    const alone = rowOf(ADDRESS[version], 444);
    take(answers, [errorFor(probe(arms, alone), undefined, { code: 3 })]);
    const [error] = answers.due(8100, 1);
    const kept = error!.arms[0]!.octets;
    const at = version === 4 ? 20 : 40;
    const length = Math.min(128, 2 * at + 8 + octets.length - at);
    assertEquals([kept.length, kept[at], kept[at + 1]], [length, version === 4 ? 3 : 1, 3]);
    // Of the quotation: neither addresses, ports nor the sequence number
    assertEquals(kept.subarray(at + 8 + at, at + 8 + at + 8), new Uint8Array(8));
    assertEquals(kept[at + 8], octets[0]);
  }
});

Deno.test("messages that say no more than how to go on answer nothing", () => {
  const four = probe(syns(4), rowOf(ADDRESS[4], 443));
  const six = probe(syns(6), rowOf(ADDRESS[6], 443));
  const answers = answersTo(both(syns));
  take(answers, [
    errorFor(four, undefined, { type: 4, code: 0 }),
    errorFor(four, undefined, { type: 5, code: 0 }),
    errorFor(four, undefined, { code: 4, rest: 1400 }),
    errorFor(six, undefined, { type: 2, code: 0, rest: 1280 }),
  ]);
  assertEquals(counted(answers), { icmp_other: 4 });
  assertEquals(answers.answers, 0);
  take(answers, [errorFor(four, undefined, { type: 11, code: 0 })]);
  take(answers, [errorFor(six, undefined, { type: 3, code: 0 })]);
  assertEquals([counted(answers), answers.answers], [{ icmp_other: 6 }, 2]);
});

Deno.test("a quotation of another's packet is foreign", () => {
  const arms = syns(4);
  const answers = answersTo(arms);
  const octets = probe(arms, rowOf(ADDRESS[4], 443), {}, { key: new Uint8Array(16) });
  take(answers, [errorFor(octets)]);
  const udp = build({
    ip: { source: ends(octets).source, destination: ADDRESS[4] },
    transport: { kind: "udp", sourcePort: 40_001, destinationPort: 443 },
    payload: new Uint8Array(20),
  });
  take(answers, [errorFor(udp)]);
  assertEquals(counted(answers), { foreign: 2 });
});
