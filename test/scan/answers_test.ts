import { assert, assertEquals } from "@std/assert";
import { rowOf } from "./probe_fixture.ts";
import {
  ADDRESS,
  answersTo,
  both,
  COOLDOWN,
  counted,
  ends,
  EPOCH,
  probe,
  RUN,
  segmentFor,
  syns,
  take,
  timestamps,
  VERSIONS,
} from "./answer_fixture.ts";

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
