import { assert, assertEquals, assertThrows } from "@std/assert";
import { random } from "../data/random.ts";
import { answersTo, counted, errorFor, probe, segmentFor, take } from "./answer_fixture.ts";
import { rowOf } from "./probe_fixture.ts";
import { syn } from "./probe_packets.ts";

Deno.test("a target takes 64 octets, with five arms that have answered", () => {
  const arms = [0, 1, 2, 3, 0].map((ecn, i) => syn(4, { ecn: ecn as 0 | 1 | 2 | 3, dscp: i }));
  const answers = answersTo(arms, { most: 1 << 20 });
  const first = rowOf("10.0.0.0", 80);
  const rows = new Uint8Array(24 * 2000);
  const view = new DataView(rows.buffer);
  const enter = (from: number) => {
    for (let i = 0; i < 2000; i++) {
      rows.set(first, 24 * i);
      view.setUint32(24 * i + 12, (10 << 24) + from + i);
    }
    answers.enter(rows, 2000, 0);
  };
  const before = answers.octets;
  const targets = 200_000;
  for (let from = 0; from < targets; from += 2000) enter(from);
  assertEquals(answers.waiting, targets);
  // Segments are of 4096 targets, and parts of the index of 64 KiB
  const spare = 4096 * 60 + 3 * 65_536;
  assert(answers.octets - before <= 64 * targets + spare, `${answers.octets - before}`);
  take(
    answers,
    arms.map((_, arm) => segmentFor(probe(arms, first, { arm }), arm === 2 ? 0x14 : 0x12)),
  );
  const [target] = answers.due(0, 1);
  assertEquals(target!.arms.map((arm) => arm!.octets[33]), [0x12, 0x12, 0x14, 0x12, 0x12]);
});

Deno.test("no six arms are kept", () => {
  const arms = Array.from({ length: 6 }, () => syn(4));
  assertThrows(() => answersTo(arms), RangeError, "5 arms");
  answersTo(arms.slice(0, 5));
});

Deno.test("entries are those of a plain model, whatever comes in whatever order", () => {
  const arms = [syn(4), syn(4, { ecn: 1 }), syn(4, { dscp: 9 })];
  const spread = 100;
  const [patience, life] = [8000 + spread, 2 * (8000 + spread) + 2000];
  for (const seed of [1, 2, 3]) {
    const next = random(seed);
    const answers = answersTo(arms, { most: 400 });
    interface Known {
      readonly since: number;
      readonly arms: Map<number, string>;
      done: boolean;
    }
    const model = new Map<string, Known>();
    const expected: Record<string, number> = {};
    let ms = 0;
    for (let step = 0; step < 400; step++) {
      ms += next(3) === 0 ? next(700) : 0;
      for (const [key, known] of model) {
        if (ms - known.since < life || !known.done) break;
        model.delete(key);
      }
      const batch: Uint8Array[] = [];
      for (let i = next(6); i > 0; i--) {
        const key = `198.51.${next(2)}.${next(256)}`;
        const [arm, flags] = [next(3), next(2) === 0 ? 0x12 : 0x14];
        const isError = next(4) === 0;
        const octets = probe(arms, rowOf(key, 80), { arm, ms });
        batch.push(isError ? errorFor(octets) : segmentFor(octets, flags));
        const kind = isError ? "icmp_unreachable" : flags === 0x12 ? "synack" : "rst";
        const count = (what: string) => expected[what] = (expected[what] ?? 0) + 1;
        let known = model.get(key);
        if (known === undefined) {
          if (model.size >= 400) {
            count("no_room");
            continue;
          }
          model.set(key, known = { since: ms, arms: new Map(), done: false });
        }
        const had = known.arms.get(arm);
        const isOpen = had === undefined || (had === "icmp_unreachable" && !isError && !known.done);
        if (!isOpen) count("repeated");
        else if (known.done) count("late");
        else {
          count(kind);
          known.arms.set(arm, kind);
        }
      }
      take(answers, batch, ms);
      assertEquals(counted(answers), expected);
      if (next(3) > 0) continue;
      const isComplete = ({ arms }: Known) =>
        [0, 1, 2].every((arm) => ["synack", "rst"].includes(arms.get(arm) ?? ""));
      const due = [...model].filter(([, known]) =>
        !known.done && (isComplete(known) || ms - known.since >= patience)
      );
      const told = answers.due(ms, 2048).map(({ address, arms }) =>
        `${address} ${
          arms.map((arm) =>
            arm === null ? "none" : arm.octets[9] === 1 ? "error" : arm.octets[33]!.toString(16)
          )
        }`
      );
      const names: Readonly<Record<string, string>> = {
        synack: "12",
        rst: "14",
        icmp_unreachable: "error",
      };
      assertEquals(
        told.sort(),
        due.map(([key, { arms }]) =>
          `${key} ${[0, 1, 2].map((arm) => names[arms.get(arm) ?? ""] ?? "none")}`
        ).sort(),
      );
      for (const [, known] of due) known.done = true;
      assertEquals(answers.waiting, [...model.values()].filter(({ done }) => !done).length);
    }
    assert(
      (expected.late ?? 0) > 0 && (expected.repeated ?? 0) > 0 && answers.targets > 400,
      JSON.stringify(expected),
    );
  }
});

Deno.test("a target that a probe was not sent to is told to be one, whether it has answered or not", () => {
  const arms = [syn(4), syn(4, { ecn: 1 })];
  const answers = answersTo(arms);
  const rows = ["10.0.0.1", "10.0.0.2", "10.0.0.3"].map((address) => rowOf(address, 80));
  const [answered, silent, sent] = rows;
  take(answers, [answered!, sent!].map((row) => segmentFor(probe(arms, row))), 5);
  answers.noteUnsent(Uint8Array.from([...answered!, ...silent!]), 10);
  assertEquals(answers.due(8104, 10), []);
  const due = answers.due(8110, 10).map(({ address, arms, unsent }) => [
    address,
    arms.map((arm) => arm !== null),
    unsent ?? false,
  ]);
  assertEquals(due, [
    ["10.0.0.1", [true, false], true],
    ["10.0.0.3", [true, false], false],
    ["10.0.0.2", [false, false], true],
  ]);
});

Deno.test("where an answer had no room, no other one of its target makes a verdict without it", () => {
  const arms = [syn(4), syn(4, { ecn: 1 })];
  const answers = answersTo(arms, { most: 2 });
  const row = (host: number) => rowOf(`10.0.0.${host}`, 80);
  const both = (host: number, ms: number) =>
    [0, 1].map((arm) => segmentFor(probe(arms, row(host), { arm, ms })));
  take(answers, [...both(1, 0), ...both(2, 0)], 0);
  assertEquals(answers.due(0, 10).length, 2);
  assertEquals(answers.due(9000, 10), []);
  // Both are kept for 18,200 ms, and the first answer of the third comes before that is over
  const [first, second] = both(3, 18_000);
  take(answers, [first!], 18_100);
  assertEquals(counted(answers).no_room, 1);
  take(answers, [second!], 18_300);
  assertEquals(answers.due(26_400, 10), []);
  assertEquals([answers.waiting, answers.lost], [0, 1]);
  // Whoever came after that has all its answers
  take(answers, both(4, 40_000), 40_100);
  assertEquals(answers.due(40_100, 10).map(({ address }) => address), ["10.0.0.4"]);
});
