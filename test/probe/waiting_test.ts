import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { CommandQueue, InFlight, Waiting } from "../../src/probe/waiting.ts";

class Named extends Waiting {
  constructor(readonly command: string, override due: number) {
    super(0);
  }
  text(): string {
    return this.command;
  }
  replied(): void {}
  failed(): void {}
}

function waiting(command: string, due = 0): Waiting {
  return new Named(command, due);
}

Deno.test("tokens begin anew after the greatest, and pass over those in flight", () => {
  const inFlight = new InFlight(4);
  const add = (name: string) => inFlight.add(waiting(name));
  assertEquals(["a", "b", "c"].map(add), [1, 2, 3]);
  assertEquals(inFlight.take(1)?.text(), "a");
  assertEquals(inFlight.take(1), undefined);
  assertEquals(["d", "e"].map(add), [4, 1]);
  assertEquals(inFlight.take(3)?.text(), "c");
  assertEquals(add("f"), 3);
  assertEquals(inFlight.drain().map((waiting) => waiting.text()), ["b", "d", "e", "f"]);
  assertEquals([inFlight.count, inFlight.oldest], [0, undefined]);
});

Deno.test("one is overdue when its time has come", () => {
  const inFlight = new InFlight();
  inFlight.add(waiting("late", 10));
  const soon = inFlight.add(waiting("soon", 5));
  assertEquals([4, 5].map((now) => inFlight.overdue(now)), [false, true]);
  inFlight.take(soon);
  assertEquals([9, 10].map((now) => inFlight.overdue(now)), [false, true]);
});

Deno.test("a queue gives back in order, first what was put back", () => {
  const step = fc.oneof(fc.constant("push"), fc.constant("front"), fc.constant("shift"));
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const queue = new CommandQueue();
    const model: string[] = [];
    steps.forEach((kind, at) => {
      if (kind === "shift") {
        assertEquals(queue.empty, model.length === 0);
        if (!queue.empty) assertEquals(queue.shift().text(), model.shift());
      } else if (kind === "push") {
        queue.push(waiting(`${at}`));
        model.push(`${at}`);
      } else {
        queue.pushFront(waiting(`${at}`));
        model.unshift(`${at}`);
      }
    });
    assertEquals(queue.drain().map((waiting) => waiting.text()), model);
    assertEquals(queue.empty, true);
  }));
});

Deno.test("a long queue is the same", () => {
  const queue = new CommandQueue();
  for (let at = 0; at < 10_000; at++) queue.push(waiting(`${at}`));
  for (let at = 0; at < 9_000; at++) assertEquals(queue.shift().text(), `${at}`);
  queue.push(waiting("last"));
  assertEquals(queue.drain().length, 1001);
});
