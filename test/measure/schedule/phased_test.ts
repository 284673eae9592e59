import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { PhasedSchedule, type PhaseStates } from "../../../src/measure/schedule/phased.ts";
import type { Admission } from "../../../src/measure/schedule/schedule.ts";

/** Turns that note what happens, and check that phases neither overlap nor run outside their turn. */
class Noted implements PhaseStates {
  readonly log: string[] = [];
  present: number | null = null;
  running = 0;
  most = 0;
  left = true;
  fails: (what: string) => void = () => {};

  enter(phase: number): Promise<void> {
    assert(this.left, "the phase before was left");
    this.left = false;
    this.present = phase;
    this.log.push(`enter ${phase}`);
    return Promise.resolve().then(() => this.fails(`enter ${phase}`));
  }

  async leave(): Promise<void> {
    const phase = this.present;
    await Promise.resolve();
    this.left = true;
    this.present = null;
    this.log.push(`leave ${phase}`);
    this.fails(`leave ${phase}`);
  }

  close(): Promise<void> {
    this.log.push("close");
    return Promise.resolve();
  }

  /** A part that takes some turns of the event loop. */
  part(phase: number, turns = 1, name = ""): () => Promise<void> {
    return async () => {
      assertEquals(this.present, phase);
      this.most = Math.max(this.most, ++this.running);
      if (name !== "") this.log.push(`${name} in ${phase}`);
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setTimeout(resolve));
      assertEquals(this.present, phase, "the phase waits for it");
      this.running--;
    };
  }
}

function schedule(
  states: PhaseStates,
  options: Partial<ConstructorParameters<typeof PhasedSchedule>[0]> = {},
) {
  return new PhasedSchedule({
    order: () => [0, 1],
    states,
    workers: 3,
    timeoutMs: 100_000,
    cancel: () => {},
    ...options,
  });
}

/** Takes a target in, and runs it to its end. */
async function ride(
  phases: PhasedSchedule,
  parts: readonly (() => Promise<void>)[],
): Promise<boolean> {
  const pass = await phases.admit();
  return await end(pass, pass.run(parts));
}

async function end(pass: Admission, ran: Promise<boolean>): Promise<boolean> {
  try {
    return await ran;
  } finally {
    pass.end();
  }
}

Deno.test("every part runs once, in its phase, and never more at once than there are workers", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 })), {
        minLength: 1,
        maxLength: 40,
      }),
      fc.integer({ min: 1, max: 4 }),
      async (targets, workers) => {
        const turns = new Noted();
        const phases = schedule(turns, { workers });
        let ran = 0;
        const rides: Promise<boolean>[] = [];
        for (const [a, b] of targets) {
          const pass = await phases.admit();
          const counted = (phase: number, length: number) => async () => {
            await turns.part(phase, length)();
            ran++;
          };
          rides.push(end(pass, pass.run([counted(0, a), counted(1, b)])));
        }
        await phases.finish();
        await phases.close();
        assertEquals(await Promise.all(rides), targets.map(() => true));
        assertEquals(ran, targets.length * 2);
        assert(turns.most <= workers);
      },
    ),
    { numRuns: 50 },
  );
});

Deno.test("a batch has so many targets for each worker, then the next phase has its turn", async () => {
  const turns = new Noted();
  const phases = schedule(turns, { workers: 1 });
  const rides = [];
  for (let target = 0; target < 70; target++) {
    const pass = await phases.admit();
    rides.push(end(pass, pass.run([turns.part(0, 0), turns.part(1, 0)])));
  }
  await phases.finish();
  assertEquals(await Promise.all(rides), Array(70).fill(true));
  await phases.close();
  const entered = turns.log.filter((line) => line.startsWith("enter"));
  assertEquals(entered, Array.from({ length: 6 }, (_, at) => `enter ${at % 2}`), "32, 32 and 6");
});

Deno.test("a batch takes no new targets once its time is over", async () => {
  const turns = new Noted();
  const phases = schedule(turns, { timeoutMs: 1 });
  // Nothing says that there are no more
  assertEquals(await ride(phases, [turns.part(0), turns.part(1)]), true);
  assertEquals(turns.log, ["enter 0", "leave 0", "enter 1", "leave 1"]);
  await phases.close();
});

Deno.test("those that ended last begin first in the next phase", async () => {
  const turns = new Noted();
  const phases = schedule(turns, { workers: 1 });
  const rides = ["a", "b", "c"].map((name) =>
    ride(phases, [turns.part(0, 1, name), turns.part(1, 1, name)])
  );
  await new Promise((resolve) => setTimeout(resolve));
  while (turns.log.length < 4) await new Promise((resolve) => setTimeout(resolve));
  await phases.finish();
  await Promise.all(rides);
  const order = (phase: number) =>
    turns.log.filter((line) => line.endsWith(`in ${phase}`)).map((line) => line[0]);
  assertEquals(order(1), order(0).toReversed());
  await phases.close();
});

Deno.test("a target that runs again does so in the next batch", async () => {
  const turns = new Noted();
  const phases = schedule(turns);
  const pass = await phases.admit();
  const twice = (async () => {
    const parts = [turns.part(0), turns.part(1)];
    return [await pass.run(parts), await pass.run(parts)];
  })().finally(() => pass.end());
  await phases.finish();
  assertEquals(await twice, [true, true]);
  await phases.close();
  assertEquals(turns.log.filter((line) => line.startsWith("enter")), [
    "enter 0",
    "enter 1",
    "enter 0",
    "enter 1",
  ]);
});

Deno.test("asked to end before the last phase, all is given up; in the last, it is finished", async () => {
  for (const stopIn of [0, 1]) {
    const turns = new Noted();
    let cancelled = 0;
    const phases = schedule(turns, { workers: 1, cancel: () => cancelled++ });
    const stopping = (phase: number) => async () => {
      await turns.part(phase)();
      if (phase !== stopIn) return;
      assertEquals(phases.givesUp, phase === 0);
      phases.stop();
    };
    const rides = [1, 2, 3].map(() => ride(phases, [stopping(0), stopping(1)]));
    // So that all three are of one batch
    if (stopIn === 1) phases.finish();
    const ran = await Promise.all(rides);
    assertEquals(ran, ran.map(() => stopIn === 1));
    assertEquals(cancelled, stopIn === 0 ? 1 : 0);
    assertEquals(turns.log.at(-1), `leave ${stopIn}`);
    assertEquals(await ride(phases, []), false, "nothing begins after it");
    await phases.finish();
    await phases.close();
  }
});

Deno.test("what a phase cannot begin or does not vouch for has no result, and it is left", async () => {
  for (const failing of ["enter 0", "leave 0", "enter 1", "leave 1"]) {
    const turns = new Noted();
    turns.fails = (what) => {
      if (what === failing) throw new Error(`no ${what}`);
    };
    const phases = schedule(turns);
    const riding = [1, 2].map(() => ride(phases, [turns.part(0), turns.part(1)]));
    const failed = riding.map((one) => assertRejects(() => one, Error, `no ${failing}`));
    phases.finish();
    await Promise.all(failed);
    assert(turns.log.at(-1)?.startsWith("leave"), turns.log.join());
    await phases.close();
  }
});

Deno.test("a part that fails fails its target alone", async () => {
  const turns = new Noted();
  const phases = schedule(turns);
  const bad = ride(phases, [() => Promise.reject(new Error("of its own"))]);
  const good = ride(phases, [turns.part(0), turns.part(1)]);
  const refused = assertRejects(() => bad, Error, "of its own");
  phases.finish();
  await refused;
  assertEquals(await good, true);
  await phases.close();
});

Deno.test("each batch goes through the phases in its own order", async () => {
  const turns = new Noted();
  const orders = [[1, 0, 2], [2, 0, 1]];
  const phases = schedule(turns, { workers: 1, order: (batch) => orders[batch % 2]! });
  const rides = [];
  for (let target = 0; target < 70; target++) {
    const pass = await phases.admit();
    rides.push(end(pass, pass.run([0, 1, 2].map((phase) => turns.part(phase, 0)))));
  }
  await phases.finish();
  assertEquals(await Promise.all(rides), Array(70).fill(true));
  await phases.close();
  const entered = turns.log.filter((line) => line.startsWith("enter"));
  assertEquals(entered, [1, 0, 2, 2, 0, 1, 1, 0, 2].map((phase) => `enter ${phase}`));
});
