import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { notTheSame } from "../../../src/run/scanning/elsewhere.ts";
import { type Prefix, PrefixSet, readPrefix } from "../../../src/target/prefix.ts";

const prefix = (text: string) => readPrefix(text) as Prefix;
const ALL = prefix("0.0.0.0/0");

/** A route to a prefix. */
function route(text: string, same: boolean, metric = 0) {
  return { prefix: prefix(text), length: Number(text.split("/")[1]), metric, same };
}

/** Whether addresses are led elsewhere. */
function led(routes: readonly ReturnType<typeof route>[], addresses: readonly string[]): boolean[] {
  const set = new PrefixSet(notTheSame(ALL, routes));
  return addresses.map((address) => set.has(address));
}

Deno.test("the longest prefix says where an address is led, and no route leads nowhere", () => {
  const routes = [
    route("10.0.0.0/8", true),
    route("10.1.0.0/16", false),
    route("10.1.2.0/24", true),
    route("10.1.2.3/32", false),
  ];
  assertEquals(
    led(routes, ["10.0.0.0", "10.255.255.255", "10.1.2.2", "10.1.2.4"]),
    [false, false, false, false],
  );
  assertEquals(
    led(routes, ["0.0.0.0", "9.255.255.255", "10.1.0.0", "10.1.255.255", "10.1.2.3", "11.0.0.0"]),
    Array(6).fill(true),
  );
  assertEquals(notTheSame(ALL, [route("0.0.0.0/0", true)]), []);
  assertEquals(notTheSame(ALL, []), [ALL]);
  assertEquals(led([route("0.0.0.0/0", false, 5), route("0.0.0.0/0", true, 1)], ["1.1.1.1"]), [
    false,
  ]);
});

Deno.test("any routes lead each address as a look-up of the longest prefix does", () => {
  const some = fc.array(
    fc.record({
      octets: fc.tuple(...Array(4).fill(fc.constantFrom(0, 1, 127, 128, 255))),
      length: fc.constantFrom(0, 1, 7, 8, 9, 16, 24, 31, 32),
      same: fc.boolean(),
      metric: fc.nat(3),
    }),
    { maxLength: 12 },
  );
  const address = fc.tuple(...Array(4).fill(fc.constantFrom(0, 1, 127, 128, 255)));
  fc.assert(fc.property(some, address, (given, octets) => {
    const routes = given.map(({ octets, length, same, metric }) =>
      route(`${octets.join(".")}/${length}`, same, metric)
    );
    const text = octets.join(".");
    const fitting = routes.filter((one) => new PrefixSet([one.prefix]).has(text))
      .toSorted((a, b) => b.length - a.length || a.metric - b.metric);
    // Of routes that are equal in both the kernel has one alone
    const [best] = fitting;
    const equal = fitting.filter(({ length, metric }) =>
      length === best?.length && metric === best.metric
    );
    if (new Set(equal.map(({ same }) => same)).size > 1) return;
    assertEquals(led(routes, [text]), [best === undefined || !best.same]);
  }));
});
