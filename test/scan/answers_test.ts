import { assert, assertEquals } from "@std/assert";
import { type ArmPacket, rowOf } from "./probe_fixture.ts";
import { line, ping, question, syn } from "./probe_packets.ts";
import {
  answersTo,
  build,
  COOLDOWN,
  counted,
  datagramFor,
  dnsAnswerFor,
  ends,
  EPOCH,
  errorFor,
  probe,
  replyFor,
  RUN,
  segmentFor,
  take,
  timestamps,
} from "./answer_fixture.ts";

const VERSIONS = [4, 6] as const;
const ADDRESS = { 4: "198.51.100.7", 6: "2001:db8:1::7" } as const;

const syns = (version: 4 | 6) => [syn(version), syn(version, { ecn: 1 })];
const both = (arms: (version: 4 | 6) => readonly ArmPacket[]) => [...arms(4), ...arms(6)];

Deno.test("a SYN-ACK and a RST of either version count for their arms, and the target is due at once", () => {
  for (const version of VERSIONS) {
    const arms = syns(version);
    const answers = answersTo(arms);
    const row = rowOf(ADDRESS[version], 443);
    const first = probe(arms, row, { arm: 0, ms: 5000 });
    const second = probe(arms, row, { arm: 1, ms: 5100 });
    take(answers, [segmentFor(first)], 5020);
    assertEquals(answers.waiting, 1);
    assertEquals(answers.due(5020, 10), []);
    take(answers, [segmentFor(second, 0x14)], 5130);
    assertEquals(counted(answers), { synack: 1, rst: 1 });
    assertEquals(answers.answered, [1, 1]);
    assertEquals([answers.answers, answers.targets], [2, 1]);
    const [target, ...others] = answers.due(5130, 10);
    assertEquals(others, []);
    assertEquals([target!.address, target!.port], [ADDRESS[version], 443]);
    const [a, b] = target!.arms;
    assertEquals([a!.round, a!.length, b!.length], [0, segmentFor(first).length, a!.length]);
    assert(a!.shape !== b!.shape);
    assertEquals([a!.after, a!.within, b!.within], [null, 20, 130]);
    assertEquals(answers.waiting, 0);
  }
});

Deno.test("what differs between targets is zero in an answer, and targets that answer alike have one", () => {
  for (const version of VERSIONS) {
    const arms = syns(version).slice(0, 1);
    const answers = answersTo(arms);
    const other = version === 4 ? "203.0.113.77" : "2001:db8:77::ffff";
    const packets = [ADDRESS[version], other].map((address, i) => {
      const octets = probe(arms, rowOf(address, 443 + i));
      return segmentFor(octets, 0x12, {
        sequence: 1000 + i,
        ip: version === 4 ? { identification: 77 + i } : { flowLabel: 99 + i },
        options: [{ kind: 2, data: Uint8Array.of(5, 0xb4) }, timestamps(5 + i, 9 - i)],
      });
    });
    take(answers, packets, 10);
    const due = answers.due(10, 10);
    assertEquals(due.length, 2);
    assertEquals(due[0]!.arms[0]!.shape, due[1]!.arms[0]!.shape);
    const expected = packets[0]!.slice();
    const at = version === 4 ? 20 : 40;
    if (version === 4) {
      expected.fill(0, 4, 6);
      expected.fill(0, 10, 20);
    } else {
      expected.fill(0, 8, 40);
      expected[1]! &= 0xf0;
      expected.fill(0, 2, 4);
    }
    expected.fill(0, at, at + 12);
    expected.fill(0, at + 16, at + 18);
    expected.fill(0, at + 26, at + 34);
    assertEquals(due[0]!.arms[0]!.octets, expected);
  }
});

Deno.test("an answer that echoes a timestamp tells how long it took", () => {
  const arms = syns(4).slice(0, 1);
  const answers = answersTo(arms);
  const row = rowOf(ADDRESS[4], 80);
  const octets = probe(arms, row, { ms: 3456 });
  // MSS and SACK permitted stand before the timestamps
  const sent = ends(octets).view.getUint32(20 + 20 + 8);
  take(answers, [segmentFor(octets, 0x12, { options: [timestamps(1, sent)] })], 3700, () => 0);
  const lied = rowOf(ADDRESS[4], 81);
  const other = probe(arms, lied, { ms: 3456 });
  const value = (ends(other).view.getUint32(20 + 20 + 8) - 2000) >>> 0;
  take(answers, [segmentFor(other, 0x12, { options: [timestamps(1, value)] })], 3700);
  const [told, wrong] = answers.due(3700, 2);
  assertEquals([told!.arms[0]!.after, told!.arms[0]!.within], [244, 244]);
  // What it echoes is not of the epoch whose token it acknowledges
  assertEquals([wrong!.arms[0]!.after, wrong!.arms[0]!.within], [null, 700]);
});

Deno.test("packets that waited for their turn took as long as the capture says", () => {
  const arms = syns(4).slice(0, 1);
  const answers = answersTo(arms);
  const packets = [1, 2].map((port) => {
    const octets = probe(arms, rowOf(ADDRESS[4], port), { ms: 100 });
    return segmentFor(octets, 0x12, {
      options: [timestamps(1, ends(octets).view.getUint32(20 + 20 + 8))],
    });
  });
  take(answers, packets, 900, (i) => 1_700_000_000_000 + 300 * i);
  assertEquals(answers.due(900, 2).map(({ arms }) => arms[0]!.after), [500, 800]);
});

Deno.test("what acknowledges another number, comes to another port or address, or has no token is foreign", () => {
  for (const version of VERSIONS) {
    const arms = syns(version);
    const answers = answersTo(arms);
    const row = rowOf(ADDRESS[version], 443);
    const octets = probe(arms, row);
    const { transport, view, sourcePort, source } = ends(octets);
    const right = (view.getUint32(transport + 4) + 1) >>> 0;
    const other = RUN.sources[version]!.find((address) => address !== source)!;
    const packets = [
      segmentFor(octets, 0x12, { acknowledgment: (right + 1) >>> 0 }),
      segmentFor(octets, 0x12, { acknowledgment: (right - 1) >>> 0 }),
      segmentFor(octets, 0x12, { destinationPort: sourcePort + 2 }),
      segmentFor(octets, 0x12, { sourcePort: 444 }),
      segmentFor(octets, 0x12, { ip: { destination: other } }),
      segmentFor(octets, 0x04),
      segmentFor(octets, 0x10),
      segmentFor(octets, 0x02),
      octets,
    ];
    take(answers, packets);
    assertEquals(counted(answers), { foreign: packets.length });
    assertEquals([answers.waiting, answers.targets, answers.due(1e6, 10)], [0, 0, []]);
  }
});

Deno.test("runs with one range of ports are told apart by their keys", () => {
  const arms = syns(4);
  const row = rowOf(ADDRESS[4], 443);
  const key = RUN.key.map((octet) => octet ^ 0x55);
  const [mine, theirs] = [answersTo(arms), answersTo(arms, { key })];
  const packets = [segmentFor(probe(arms, row)), segmentFor(probe(arms, row, {}, { key }))];
  take(mine, packets);
  take(theirs, packets);
  assertEquals([counted(mine), counted(theirs)], [
    { synack: 1, foreign: 1 },
    { synack: 1, foreign: 1 },
  ]);
});

Deno.test("a token counts as long as answers are waited for, and is late for as long again", () => {
  const arms = syns(4);
  const ages = [0, 1, EPOCH - 1, EPOCH, COOLDOWN, COOLDOWN + EPOCH - 1, COOLDOWN + EPOCH];
  for (const begin of [50_000, 50_999]) {
    const kinds = [...ages, 2 * COOLDOWN, 2 * COOLDOWN + 2 * EPOCH].map((age) => {
      const answers = answersTo(arms);
      const octets = probe(arms, rowOf(ADDRESS[4], 443), { ms: begin });
      take(answers, [segmentFor(octets)], begin + age);
      return Object.keys(counted(answers))[0]!;
    });
    // Who answers within the cooldown counts whenever in an epoch the probe was sent
    assertEquals(kinds.slice(0, 5), Array(5).fill("synack"), `${begin}`);
    assertEquals(kinds[5], begin === 50_000 ? "synack" : "late");
    assertEquals(kinds.slice(6), ["late", "late", "foreign"]);
  }
});

Deno.test("a token of the scan's first moments is known, and none from before", () => {
  const arms = syns(4);
  const answers = answersTo(arms);
  take(answers, [segmentFor(probe(arms, rowOf(ADDRESS[4], 443)))], 0);
  assertEquals(counted(answers), { synack: 1 });
});

Deno.test("each round's probes are told apart, and the second answer of an arm is repeated", () => {
  const arms = syns(4);
  const answers = answersTo(arms, { probes: 16 });
  const row = rowOf(ADDRESS[4], 443);
  const first = segmentFor(probe(arms, row, { arm: 1, round: 15 }));
  take(answers, [first, first, segmentFor(probe(arms, row, { arm: 1, round: 2 }))]);
  assertEquals(counted(answers), { synack: 1, repeated: 2 });
  take(answers, [segmentFor(probe(arms, row, { arm: 0, round: 7 }))]);
  const [target] = answers.due(0, 1);
  assertEquals(target!.arms.map((arm) => arm!.round), [7, 15]);
  take(answers, [first]);
  assertEquals(answers.counts.repeated, 3);
});

Deno.test("a target is concluded when it is due, once, and what its other arm says later is late", () => {
  const arms = syns(6);
  const answers = answersTo(arms);
  const row = rowOf(ADDRESS[6], 443);
  take(answers, [segmentFor(probe(arms, row, { ms: 1000 }))], 1010);
  assertEquals(answers.due(1010 + 8099, 10), []);
  const [target] = answers.due(1010 + 8100, 10);
  assertEquals(target!.arms.map((arm) => arm !== null), [true, false]);
  assertEquals(answers.due(1e5, 10), []);
  // Sent at the end of an epoch, so that its token still counts
  take(answers, [segmentFor(probe(arms, row, { arm: 1, ms: 1999 }))], 9112);
  take(answers, [segmentFor(probe(arms, row, { arm: 0, ms: 1999 }))], 9112);
  assertEquals(counted(answers), { synack: 1, late: 1, repeated: 1 });
  assertEquals([answers.waiting, answers.due(1e5, 10)], [0, []]);
});

Deno.test("a concluded target is forgotten when no answer of it can count any longer", () => {
  const arms = syns(4);
  const answers = answersTo(arms, { most: 8 });
  const rows = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((port) => rowOf(ADDRESS[4], port));
  take(answers, rows.map((row) => segmentFor(probe(arms, row))), 0);
  assertEquals(counted(answers), { synack: 8, no_room: 1 });
  assertEquals([answers.waiting, answers.room], [8, false]);
  assertEquals(answers.due(8100, 100).length, 8);
  const life = 2 * (COOLDOWN + 100) + 2 * EPOCH;
  take(answers, [], life - 1);
  assertEquals(answers.room, false);
  take(answers, [], life);
  assertEquals([answers.room, answers.waiting], [true, 0]);
  take(answers, rows.map((row) => segmentFor(probe(arms, row, { ms: life }))), life);
  assertEquals(counted(answers), { synack: 16, no_room: 2 });
});

Deno.test("targets that are entered when they are probed come due without an answer", () => {
  const arms = both(syns);
  const answers = answersTo(arms);
  const rows = [rowOf(ADDRESS[4], 80), rowOf(ADDRESS[6], 80)];
  answers.enter(Uint8Array.from(rows.flatMap((row) => [...row])), 2, 0);
  answers.enter(rows[0]!, 1, 0);
  take(answers, [segmentFor(probe(arms, rows[1]!, { arm: 1 }))], 50);
  assertEquals([answers.waiting, answers.targets, answers.answered], [2, 1, [0, 1]]);
  assertEquals(
    answers.due(8100, 10).map(({ address, arms }) => [address, arms.map((arm) => arm !== null)]),
    [[ADDRESS[4], [false, false]], [ADDRESS[6], [false, true]]],
  );
});

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
    assertEquals(counted(answers), { unproven: 3, foreign: 2 });
    take(answers, [dnsAnswerFor(octets), dnsAnswerFor(octets)]);
    take(answers, [dnsAnswerFor(probe(arms, row, {}, run))]);
    assertEquals(counted(answers), { unproven: 3, foreign: 2, dns: 2, repeated: 1 });
    const [target] = answers.due(0, 1);
    const at = (version === 4 ? 20 : 40) + 8;
    const kept = target!.arms[1]!.octets.subarray(at);
    assertEquals(kept.length, 12 + 9 + 4);
    assertEquals([...kept.subarray(0, 2)], [0, 0]);
    assertEquals(new TextDecoder().decode(kept.subarray(13, 16)), "a-1");
    assertEquals(target!.arms[1]!.length, dnsAnswerFor(octets).length);
  }
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

Deno.test("where there is no room for what is answered, the target is lost and not concluded", () => {
  const arms = syns(4);
  const answers = answersTo(arms, { shapes: 1 });
  const rows = [rowOf(ADDRESS[4], 1), rowOf(ADDRESS[4], 2)];
  take(answers, [segmentFor(probe(arms, rows[0]!)), segmentFor(probe(arms, rows[1]!), 0x14)]);
  assertEquals(counted(answers), { synack: 1, no_room: 1 });
  assertEquals(answers.due(8100, 10).map(({ port }) => port), [1]);
  assertEquals([answers.lost, answers.waiting], [1, 0]);
  // Once nothing refers to it, its place is for the next one
  take(answers, [segmentFor(probe(arms, rowOf(ADDRESS[4], 3), { ms: 8100 }), 0x14)], 8100);
  assertEquals([counted(answers), answers.waiting], [{ synack: 1, no_room: 1, rst: 1 }, 1]);
});
