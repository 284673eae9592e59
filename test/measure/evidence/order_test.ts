import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { ArmOrder } from "../../../src/measure/evidence/order.ts";

const arms = ["a", "b", "c"].map((name) => ({ name }));

const names = (order: ArmOrder, target: number, set: number, of = arms) =>
  order.of(of, target, set).map(({ name }) => name).join("");

Deno.test("the order follows from the seed and the numbers alone", () => {
  const [order, same, other] = [new ArmOrder(7), new ArmOrder(7), new ArmOrder(8)];
  const all = (one: ArmOrder) => Array.from({ length: 100 }, (_, at) => names(one, at, 0));
  assertEquals(all(order), all(same));
  assert(all(order).join() !== all(other).join());
});

Deno.test("the next set of a target has the reverse order", () => {
  fc.assert(fc.property(fc.nat(), fc.nat(1e6), fc.nat(20), (seed, target, pair) => {
    const order = new ArmOrder(seed);
    const first = names(order, target, 2 * pair);
    assertEquals(names(order, target, 2 * pair + 1), [...first].reverse().join(""));
  }));
});

Deno.test("over many targets every order comes equally often", () => {
  for (const seed of [0, 1, 0xffff_ffff]) {
    const order = new ArmOrder(seed);
    const counts = new Map<string, number>();
    for (let target = 0; target < 6000; target++) {
      const one = names(order, target, 0);
      counts.set(one, (counts.get(one) ?? 0) + 1);
    }
    assertEquals(counts.size, 6);
    for (const count of counts.values()) assert(Math.abs(count - 1000) < 150, `${count}`);
  }
});

Deno.test("an arm that waits for another comes after it", () => {
  const waiting = [{ name: "a" }, { name: "b" }, { name: "c", after: "b" }, {
    name: "d",
    after: ["c", "a"],
  }];
  fc.assert(fc.property(fc.nat(), fc.nat(99), (seed, set) => {
    const order = new ArmOrder(seed).of(waiting, 1, set).map(({ name }) => name);
    assertEquals(order.toSorted(), ["a", "b", "c", "d"]);
    assert(order.indexOf("c") > order.indexOf("b"));
    assertEquals(order.at(-1), "d");
  }));
});
