import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { FlowTable } from "../../../src/observe/flow_table.ts";
import { HOLD, Lane, type LaneCapture } from "../../../src/observe/live/lane.ts";
import { flowTable } from "../../data/dissect.ts";
import { type Frame, records } from "../../data/packets.ts";

const START = 1_700_000_000;

/** A frame that tells its number. */
function frame(number: number, time: number): Frame {
  return { time, data: Uint8Array.of(number >> 8, number & 255, ...new Uint8Array(40)) };
}

/** A capture whose packets come when a test says so. */
class Wire implements LaneCapture {
  readonly fraction = 1;
  readonly ended = false;
  readonly snaplen = 64;
  readonly #waiting: Frame[] = [];
  drained = false;

  come(...frames: readonly Frame[]): void {
    this.#waiting.push(...frames);
  }

  read(target: Uint8Array<ArrayBuffer>, most: number): number {
    const fits = Math.floor((target.length - 1) / (this.snaplen + 16));
    const some = records(this.#waiting.splice(0, Math.min(most, fits)));
    target.set(some);
    this.drained = this.#waiting.length === 0;
    return some.length;
  }
}

/** So many lanes, the parts of each of some octets. */
function lanesOf(table: FlowTable, count: number, octets: number): Lane[] {
  const all = Array.from(
    { length: count },
    (_, i) => new Lane(table, i * octets, (i + 1) * octets),
  );
  all.forEach((lane, i) => lane.source = i);
  return all;
}

const SEEN_ON = Array.from({ length: 64 }, (_, i) => ({
  ...{ name: `${i}`, linkType: 1, snaplen: 64 },
}));

/** Takes what may be taken: the numbers of frames, and where each was seen. */
function taken(table: FlowTable, lanes: readonly Lane[]): [number: number, lane: string | null][] {
  const found: [number, string | null][] = [];
  while (true) {
    table.packets.cut(0);
    table.findInLanes(lanes);
    const { count, frame, seenOn } = table.packets.view(SEEN_ON);
    if (count === 0) return found;
    for (let i = 0; i < count; i++) {
      found.push([frame(i)[0]! << 8 | frame(i)[1]!, seenOn(i).name]);
    }
  }
}

Deno.test("packets of several interfaces are taken in the order of their times", () => {
  const table = flowTable({ chains: ["basic"] });
  const lanes = lanesOf(table, 3, 4096);
  const wires = lanes.map(() => new Wire());
  const fill = (now: number) =>
    lanes.forEach((lane, i) => lane.fill(wires[i]!, 100, now, () => now));
  wires[0]!.come(frame(1, START), frame(4, START + 0.3));
  wires[1]!.come(frame(2, START + 0.1), frame(5, START + 0.4));
  fill(1000);
  assertEquals(taken(table, lanes), [], "an earlier one may be to come on the third");
  wires[2]!.come(frame(3, START + 0.2));
  fill(1001);
  assertEquals(taken(table, lanes), [[1, "0"], [2, "1"], [3, "2"]], "and then it may again");
  fill(1000 + HOLD - 1);
  assertEquals(taken(table, lanes), []);
  fill(1000 + HOLD);
  assertEquals(taken(table, lanes), [[4, "0"], [5, "1"]], "it would have come by now");
  assert(lanes.every(({ isEmpty }) => isEmpty));
});

Deno.test("nothing waits for an interface that is away, nor at the end, nor where there is one alone", () => {
  const table = flowTable({ chains: ["basic"] });
  const lanes = lanesOf(table, 2, 4096);
  const wire = new Wire();
  const come = () => {
    wire.come(frame(1, START));
    lanes[0]!.fill(wire, 100, 0);
  };
  come();
  assertEquals(taken(table, lanes), [[1, "0"]], "closed from the start");
  lanes[1]!.fill(new Wire(), 100, 0);
  come();
  assertEquals(taken(table, lanes), []);
  lanes[1]!.close();
  assertEquals(taken(table, lanes), [[1, "0"]]);
  lanes[1]!.fill(new Wire(), 100, 0);
  come();
  lanes[0]!.release();
  assertEquals(taken(table, lanes), [[1, "0"]]);
  come();
  assertEquals(taken(table, lanes.slice(0, 1)), [[1, "0"]]);
});

Deno.test("a lane that is full goes on out of order rather than to stand still", () => {
  const table = flowTable({ chains: ["basic"] });
  const lanes = lanesOf(table, 2, 500);
  const wires = lanes.map(() => new Wire());
  const frames = Array.from({ length: 20 }, (_, i) => frame(i, START + i));
  wires[0]!.come(...frames);
  const found: number[] = [];
  for (let i = 0; i < 20; i++) {
    lanes.forEach((lane, at) => lane.fill(wires[at]!, 100, 0));
    found.push(...taken(table, lanes).map(([number]) => number));
  }
  assert(found.length >= 15, `${found}`);
  assertEquals(found, frames.slice(0, found.length).map((_, i) => i));
});

Deno.test("whatever comes when, each packet is taken once, and in order where none comes too late", () => {
  const table = flowTable({ chains: ["basic"] });
  const steps = fc.array(
    fc.record({
      lane: fc.nat(3),
      packets: fc.nat(30),
      /** Milliseconds until they are handed over, and until the next are captured. */
      delay: fc.nat(HOLD - 1),
      pause: fc.nat(40),
    }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(steps, fc.constantFrom(6000, 100_000), (steps, octets) => {
      const lanes = lanesOf(table, 4, octets);
      const wires = lanes.map(() => new Wire());
      const late: { readonly at: number; readonly lane: number; readonly frame: Frame }[] = [];
      const found: number[] = [];
      let number = 0;
      let now = 0;
      const round = () => {
        // The kernel hands over what it has of an interface in order
        for (const wire of [0, 1, 2, 3]) {
          while (true) {
            const next = late.findIndex(({ lane }) => lane === wire);
            if (next < 0 || late[next]!.at > now) break;
            wires[wire]!.come(...late.splice(next, 1).map(({ frame }) => frame));
          }
        }
        lanes.forEach((lane, i) => lane.fill(wires[i]!, 20, now, () => now));
        found.push(...taken(table, lanes).map(([number]) => number));
      };
      for (const { lane, packets, delay, pause } of steps) {
        const at = now + delay;
        for (let i = 0; i < packets; i++) {
          late.push({ at, lane, frame: frame(number, START + number++ / 1e4) });
        }
        round();
        now += pause;
      }
      now += HOLD;
      for (let i = 0; i < 200 && found.length < number; i++) round();
      lanes.forEach((lane) => lane.release());
      found.push(...taken(table, lanes).map(([number]) => number));
      assertEquals(found.toSorted((a, b) => a - b), Array.from({ length: number }, (_, i) => i));
      if (octets === 100_000) assertEquals(found, found.toSorted((a, b) => a - b));
    }),
    { numRuns: 50 },
  );
});
