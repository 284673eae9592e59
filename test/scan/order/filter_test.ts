import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { RowFilter } from "../../../src/scan/order/filter.ts";
import { addressesIn, inBoth, merged, octetsOf, rangesOf } from "../../../src/scan/order/ranges.ts";
import { type Prefix, PrefixSet, readPrefix } from "../../../src/target/prefix.ts";
import { addressBytes, addressText } from "../../../src/host/address.ts";
import { ROW } from "../../../src/scan/target_row.ts";

function ranges(...texts: string[]) {
  return texts.flatMap((text) => rangesOf(readPrefix(text) as Prefix));
}

function rowOf(address: string): DataView {
  const octets = addressBytes(address);
  const row = new Uint8Array(ROW);
  row.set(octets, octets.length === 4 ? 12 : 0);
  if (octets.length === 4) row.fill(0xff, 10, 12);
  return new DataView(row.buffer);
}

const prefix = fc.oneof(
  fc.tuple(fc.ipV4(), fc.nat(32)),
  fc.tuple(fc.ipV6().filter((text) => !text.includes(".")), fc.nat(128)),
);

Deno.test("a filter of rows holds what the set of prefixes holds, also at the ends of ranges", () => {
  fc.assert(
    fc.property(fc.array(prefix, { maxLength: 12 }), (prefixes) => {
      const read = prefixes.map(([address, length]) => readPrefix(`${address}/${length}`))
        .filter((one) => typeof one !== "string");
      const set = new PrefixSet(read);
      const all = read.flatMap(rangesOf);
      const filter = new RowFilter(all);
      assertEquals(filter.empty, read.length === 0);
      for (const { first, last } of all) {
        for (const number of [first - 1n, first, (first + last) / 2n, last, last + 1n]) {
          if (number < 0n || number >> 128n !== 0n) continue;
          const address = addressText(octetsOf(number));
          assertEquals(filter.has(rowOf(address), 0), set.has(address), `${address} ${prefixes}`);
        }
      }
    }),
    { numRuns: 1000 },
  );
});

Deno.test("rows are asked for where they stand", () => {
  const filter = new RowFilter(ranges("192.0.2.0/24", "2001:db8::/32"));
  const rows = new Uint8Array(3 * ROW);
  for (const [i, address] of ["192.0.3.1", "2001:db8::1", "192.0.2.9"].entries()) {
    rows.set(new Uint8Array(rowOf(address).buffer), i * ROW);
  }
  const view = new DataView(rows.buffer);
  assertEquals([0, 1, 2].map((i) => filter.has(view, i * ROW)), [false, true, true]);
});

Deno.test("all of IPv6 does not hold IPv4, nor the other way round", () => {
  const six = new RowFilter(ranges("::/0"));
  assert(six.has(rowOf("2001:db8::1"), 0) && six.has(rowOf("::1"), 0));
  assert(!six.has(rowOf("192.0.2.1"), 0));
  const four = new RowFilter(ranges("0.0.0.0/0"));
  assert(four.has(rowOf("255.255.255.255"), 0) && !four.has(rowOf("::1"), 0));
  const both = merged(ranges("::/0", "0.0.0.0/0"));
  assertEquals(both.length, 3);
  assertEquals(addressesIn(both), 1n << 128n);
});

Deno.test("a hundred thousand prefixes are as good as one", () => {
  const texts = Array.from(
    { length: 100_000 },
    (_, i) => `${11 + (i >> 16)}.${i >> 8 & 255}.${i & 255}.128/25`,
  );
  const filter = new RowFilter(ranges(...texts));
  for (let i = 0; i < 100_000; i += 997) {
    const base = `${11 + (i >> 16)}.${i >> 8 & 255}.${i & 255}`;
    assert(filter.has(rowOf(`${base}.128`), 0) && !filter.has(rowOf(`${base}.127`), 0), base);
  }
});

Deno.test("ranges in common are those of both", () => {
  const some = merged(ranges("192.0.2.0/24", "198.51.100.0/25", "2001:db8::/32"));
  const others = merged(
    ranges("192.0.2.128/25", "192.0.3.0/24", "198.51.100.127", "2001:db8:1::/48"),
  );
  const common = inBoth(some, others);
  assertEquals(common, merged(ranges("192.0.2.128/25", "198.51.100.127", "2001:db8:1::/48")));
  assertEquals(inBoth(others, some), common);
  assertEquals(inBoth(some, []), []);
});
