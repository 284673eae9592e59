import { assert, assertEquals, assertRejects } from "@std/assert";
import { Failure } from "../../src/host/failure.ts";
import { Pace } from "../../src/scan/pace.ts";
import { Sender, type SenderOptions } from "../../src/scan/sender.ts";
import { ROW } from "../../src/scan/target_row.ts";

/** What was handed over: when, which probe, to which targets. */
interface Sent {
  readonly at: number;
  readonly place: number;
  readonly round: number;
  readonly epoch: number;
  readonly targets: readonly number[];
}

/** A sender of numbered targets on a clock of its own, whose socket takes everything. */
class Trial {
  readonly sent: Sent[] = [];
  readonly sender: Sender;
  readonly halves: number[] = [];
  now = 0;
  #next = 0;
  #written = { place: 0, round: 0, epoch: 0, targets: [] as readonly number[] };

  constructor(targets: number, options: Partial<SenderOptions> = {}) {
    const rows = new Uint8Array(16 * ROW);
    const view = new DataView(rows.buffer);
    const ended = () => this.#next === targets;
    this.sender = new Sender({
      order: {
        get ended() {
          return ended();
        },
        wait: () => 0,
        fill: (into, most) => {
          let count = 0;
          for (; count < most && !ended(); count++) {
            new DataView(into.buffer, into.byteOffset).setUint32(count * ROW, this.#next++);
          }
          return count;
        },
      },
      outlets: [{
        writer: {
          rows,
          write: (count, place, round, epoch, _ms, half) => {
            const targets = Array.from({ length: count }, (_, at) => view.getUint32(at * ROW));
            this.#written = { place, round, epoch, targets };
            this.halves.push(half);
            return { messages: new Uint8Array(0), count };
          },
        },
        socket: {
          send: (_messages, count) => {
            this.sent.push({ at: this.now, ...this.#written });
            return Promise.resolve({ taken: count, refused: new Map() });
          },
        },
      }],
      pace: new Pace(0),
      arms: 2,
      probes: 1,
      gapMs: 100,
      epochMs: 1000,
      batch: 16,
      ...options,
    });
  }

  /** Sends all, the clock going on where the sender waits; each wait is told. */
  async run(): Promise<void> {
    for (let steps = 0; steps < 10_000; steps++) {
      const wait = await this.sender.step(this.now);
      if (wait === null) return;
      this.now += wait;
    }
    throw new Error("it does not come to its end");
  }
}

Deno.test("each target has each place of each round once, a gap apart, whatever the batches are", async () => {
  const trial = new Trial(100, { arms: 3, probes: 2, pace: new Pace(7000) });
  await trial.run();
  const times = new Map<number, number[]>();
  for (const { at, place, round, targets } of trial.sent) {
    for (const target of targets) {
      const known = times.get(target) ?? [];
      assertEquals(known.length, round * 3 + place);
      const before = known.at(-1);
      if (before !== undefined) assert(at >= before + 100);
      times.set(target, [...known, at]);
    }
  }
  assertEquals(times.size, 100);
  assert([...times.values()].every((of) => of.length === 6));
  const { taken, finished, sent } = trial.sender;
  assertEquals([taken, finished, sent], [100, 100, 600]);
});

Deno.test("later probes come before new targets", async () => {
  const trial = new Trial(1000, { pace: new Pace(1000), gapMs: 50 });
  await trial.run();
  for (const { place, at, targets } of trial.sent) {
    if (place === 0) continue;
    const first = trial.sent.find((one) => one.place === 0 && one.targets.includes(targets[0]!))!;
    // At most a batch and what the pace lets wait come between
    assert(at - first.at < 50 + 20, `${at - first.at}`);
  }
});

Deno.test("halves take turns, and epochs follow the time of sending", async () => {
  const trial = new Trial(64, { gapMs: 2500 });
  await trial.run();
  assert(trial.halves.every((half, at) => half === at % 2));
  assertEquals([...new Set(trial.sent.map(({ epoch }) => epoch))], [0, 2]);
});

Deno.test("a halt takes no more targets, and sends what is left of those that were taken", async () => {
  const trial = new Trial(100);
  await trial.sender.step(0);
  trial.sender.halt();
  await trial.run();
  const { taken, finished, sent } = trial.sender;
  assertEquals([taken, finished, sent], [16, 16, 32]);
});

Deno.test("a pause takes no more targets, and those that were taken get their later probes in time", async () => {
  const trial = new Trial(100);
  await trial.sender.step(0);
  assertEquals(await trial.sender.step(10, true), 90);
  trial.now = 100;
  assertEquals(await trial.sender.step(100, true), 0);
  assertEquals(await trial.sender.step(100, true), Infinity);
  assertEquals([trial.sender.taken, trial.sender.sent], [16, 32]);
  assertEquals(trial.sent.map(({ at, place }) => [at, place]), [[0, 0], [100, 1]]);
  await trial.run();
  assertEquals([trial.sender.finished, trial.sender.sent], [100, 200]);
});

Deno.test("an order that has nothing to give yet is waited for", async () => {
  let asked = 0;
  let ended = false;
  const trial = new Trial(0, {
    order: {
      get ended() {
        return ended;
      },
      wait: () => 30,
      fill: () => {
        if (++asked === 3) ended = true;
        return 0;
      },
    },
  });
  await trial.run();
  assertEquals([asked, trial.now], [3, 60]);
});

Deno.test("what the kernel refuses is counted by its error, and what fails ends it", async () => {
  const answers:
    (() => Promise<never> | Promise<{ taken: number; refused: Map<string, number[]> }>)[] = [
      () => Promise.resolve({ taken: 10, refused: new Map([["EPERM", [0, 1, 2, 3, 4, 15]]]) }),
      () => Promise.resolve({ taken: 14, refused: new Map([["EPERM", [3]], ["EMSGSIZE", [1]]]) }),
      () => Promise.reject(new Failure("the interface went down")),
    ];
  const rows = new Uint8Array(16 * ROW);
  const unsent: number[] = [];
  const trial = new Trial(100, {
    outlets: [{
      writer: { rows, write: (count) => ({ messages: rows, count }) },
      socket: { send: () => answers.shift()!() },
    }],
    unsent: (rows) => {
      const view = new DataView(rows.buffer);
      for (let at = 0; at < rows.length; at += ROW) unsent.push(view.getUint32(at));
    },
  });
  await assertRejects(() => trial.run(), Failure, "the interface went down");
  assertEquals([trial.sender.sent, trial.sender.finished], [24, 0]);
  assertEquals([...trial.sender.refused], [["EPERM", 7], ["EMSGSIZE", 1]]);
  // Those of the batch that was offered, not of the one that is written meanwhile
  assertEquals(unsent, [0, 1, 2, 3, 4, 15, 19, 17]);
});

Deno.test("targets that no outlet has probes for are counted once, whatever arms and rounds there are", async () => {
  const rows = () => new Uint8Array(16 * ROW);
  const socket = {
    send: (_: unknown, count: number) => Promise.resolve({ taken: count, refused: new Map() }),
  };
  // Of each batch one outlet has all but two, and another one of these two
  const outlet = (left: (count: number) => number) => ({
    writer: {
      rows: rows(),
      write: (count: number) => ({ messages: new Uint8Array(0), count: left(count) }),
    },
    socket,
  });
  const trial = new Trial(64, {
    probes: 2,
    outlets: [outlet((count) => count - 2), outlet(() => 1)],
  });
  await trial.run();
  assertEquals(trial.sender.wayless, 4);
  assertEquals(trial.sender.finished, 64);
  assertEquals(trial.sender.sent, 60 * 2 * 2);
});
