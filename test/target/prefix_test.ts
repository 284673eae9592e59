import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { Failure } from "../../src/host/failure.ts";
import { readBlocklist } from "../../src/target/blocklist.ts";
import { type Prefix, PrefixSet, readPrefix } from "../../src/target/prefix.ts";

function setOf(...texts: string[]): PrefixSet {
  return new PrefixSet(texts.map((text) => {
    const prefix = readPrefix(text);
    if (typeof prefix === "string") throw new Error(prefix);
    return prefix;
  }));
}

Deno.test("a prefix holds its first and last address, and not those beside them", () => {
  const cases: [string, string[], string[]][] = [
    ["192.0.2.0/24", ["192.0.2.0", "192.0.2.255"], ["192.0.1.255", "192.0.3.0"]],
    ["192.0.2.77/24", ["192.0.2.0", "192.0.2.255"], ["192.0.1.255", "192.0.3.0"]],
    ["10.32.0.0/11", ["10.32.0.0", "10.63.255.255"], ["10.31.255.255", "10.64.0.0"]],
    ["192.0.2.1", ["192.0.2.1"], ["192.0.2.0", "192.0.2.2"]],
    ["0.0.0.0/0", ["1.0.0.0", "223.255.255.255"], ["::1", "2001:db8::1"]],
    ["2001:db8::/33", ["2001:db8::", "2001:db8:7fff::ffff"], ["2001:db8:8000::", "2001:db7::"]],
    ["2001:DB8::1", ["2001:db8:0::0:1"], ["2001:db8::2", "2001:db8::"]],
    ["::/0", ["::1", "ffff::"], ["192.0.2.1"]],
  ];
  for (const [text, inside, outside] of cases) {
    const set = setOf(text);
    for (const address of inside) assert(set.has(address), `${address} in ${text}`);
    for (const address of outside) assert(!set.has(address), `${address} not in ${text}`);
  }
  assert(!new PrefixSet([]).has("192.0.2.1"));
});

Deno.test("prefixes together hold what one of them holds, as another library judges it", () => {
  const prefix = fc.oneof(
    fc.tuple(fc.ipV4(), fc.nat(32)),
    fc.tuple(fc.ipV6().filter((text) => !text.includes(".")), fc.nat(128)),
  );
  fc.assert(
    fc.property(fc.array(prefix, { minLength: 1, maxLength: 8 }), fc.nat(), (prefixes, seed) => {
      const set = setOf(...prefixes.map(([address, length]) => `${address}/${length}`));
      // Addresses that share most bits with a prefix, so that both answers are met
      for (const [address, length] of prefixes) {
        const bytes = ipaddr.parse(address).toByteArray();
        const bit = Math.min(length, bytes.length * 8 - 1) - seed % 2;
        if (bit >= 0) bytes[bit >> 3]! ^= 0x80 >> (bit & 7);
        const near = ipaddr.fromByteArray(bytes);
        const expected = prefixes.some(([other, bits]) => {
          const range = ipaddr.parse(other);
          return range.kind() === near.kind() && near.match(range, bits);
        });
        assertEquals(set.has(near.toString()), expected, `${near} in ${prefixes}`);
      }
    }),
    { numRuns: 3000 },
  );
});

Deno.test("what is not a prefix says why", () => {
  const cases: [string, string][] = [
    ["example.com", '"example.com" is not a prefix (192.0.2.0/24, 2001:db8::/32) or an address'],
    ["192.0.2/24", '"192.0.2/24" is not a prefix (192.0.2.0/24, 2001:db8::/32) or an address'],
    ["010.0.0.0/8", '"010.0.0.0/8" is not a prefix (192.0.2.0/24, 2001:db8::/32) or an address'],
    ["1.2.3.4/8/9", '"1.2.3.4/8/9" is not a prefix (192.0.2.0/24, 2001:db8::/32) or an address'],
    ["", '"" is not a prefix (192.0.2.0/24, 2001:db8::/32) or an address'],
    ["192.0.2.0/33", '"192.0.2.0/33": the length of its prefix is not 0 to 32'],
    ["192.0.2.0/", '"192.0.2.0/": the length of its prefix is not 0 to 32'],
    ["192.0.2.0/-1", '"192.0.2.0/-1": the length of its prefix is not 0 to 32'],
    ["2001:db8::/129", '"2001:db8::/129": the length of its prefix is not 0 to 128'],
    ["::ffff:1.2.3.4", '"::ffff:1.2.3.4" is IPv4 in IPv6 form; write it as IPv4'],
    ["::ffff:0:0/96", '"::ffff:0:0/96" is IPv4 in IPv6 form; write it as IPv4'],
  ];
  for (const [text, problem] of cases) assertEquals<Prefix | string>(readPrefix(text), problem);
});

Deno.test("a blocklist in zmap's form", () => {
  const text = "# who does not want it\r\n10.0.0.0/8\t# a network\n\n 192.0.2.7 # a host\r\n::1\n";
  const set = new PrefixSet(readBlocklist(`\uFEFF${text}`, "list"));
  assertEquals(set.size, 3);
  for (const address of ["10.9.8.7", "192.0.2.7", "::1"]) assert(set.has(address));
  assert(!set.has("192.0.2.8"));
  assertThrows(
    () => readBlocklist("10.0.0.0/8\nexample.com\n", "list"),
    Failure,
    'list, line 2: "example.com" is not a prefix (192.0.2.0/24, 2001:db8::/32) or an address: ' +
      "correct the line, or what it means is let through",
  );
});
