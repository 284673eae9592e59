import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  addressBytes,
  addressText,
  decodeSockaddr,
  encodeSockaddr,
  isAddress,
} from "../../src/host/address.ts";

Deno.test("addresses are read as bytes", () => {
  assertEquals([...addressBytes("192.0.2.255")], [192, 0, 2, 255]);
  assertEquals(
    [...addressBytes("2001:DB8::1")],
    [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
  );
  assertEquals([...addressBytes("::ffff:192.0.2.1")].slice(10), [255, 255, 192, 0, 2, 1]);
});

Deno.test("what only looks like an address is refused", () => {
  const texts = [
    "",
    "127.1",
    "1.2.3.4.5",
    "1.2.3.",
    ".1.2.3",
    "1..2.3",
    "1.2.3.4.",
    "00.1.2.3",
    "1.2.3.256",
    "01.2.3.4",
    "0x7f.0.0.1",
    "2130706433",
    " 1.2.3.4",
    "1.2.3.4\n",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "12345::",
    "::g",
    "[::1]",
    "fe80::1%eth0",
    "::ffff:0x7f.0.0.1",
    "::ffff:01.2.3.4",
    "::ffff:127.1",
    "example.org",
  ];
  for (const text of texts) {
    assertEquals(isAddress(text), false, text);
    assertThrows(() => addressBytes(text), RangeError, "not an IP address");
  }
});

Deno.test("IPv4 is four numbers from 0 to 255 without zeros before them, and nothing else", () => {
  const number = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
  const four = new RegExp(`^${number}(\\.${number}){3}$`);
  const part = fc.oneof(
    fc.integer({ min: 0, max: 300 }).map(String),
    fc.constantFrom("", "01", "00"),
  );
  fc.assert(fc.property(fc.array(part, { minLength: 3, maxLength: 5 }), (parts) => {
    const text = parts.join(".");
    assertEquals(isAddress(text), four.test(text), text);
    if (isAddress(text)) assertEquals(addressText(addressBytes(text)), text);
  }));
});

Deno.test("IPv6 is written as RFC 5952 wants it", () => {
  const cases = {
    "2001:0DB8:0:0:0:0:2:1": "2001:db8::2:1",
    "2001:db8:0:1:1:1:1:1": "2001:db8:0:1:1:1:1:1",
    "2001:0:0:1:0:0:0:1": "2001:0:0:1::1",
    "2001:db8:0:0:1:0:0:1": "2001:db8::1:0:0:1",
    "0:0:0:0:0:0:0:0": "::",
  };
  for (const [text, canonical] of Object.entries(cases)) {
    assertEquals(addressText(addressBytes(text)), canonical);
  }
});

Deno.test("bytes, text and socket address hold the same address and port", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
    fc.uint8Array({ minLength: 16, maxLength: 16 }),
  );
  fc.assert(fc.property(bytes, fc.nat(65535), (address, port) => {
    const text = addressText(address);
    assertEquals([...addressBytes(text)], [...address]);
    assertEquals(decodeSockaddr(encodeSockaddr(address, port)), { address: text, port });
  }));
});

Deno.test("IPv6 is read as the runtime's own URLs read it, in every form that there is", () => {
  const group = fc.oneof(
    { weight: 6, arbitrary: fc.nat(0xffff).map((value) => value.toString(16)) },
    fc.constantFrom("0", "0000", "00ab", "FFFF", "12345", "g", "", "192.0.2.1", "1.2.3"),
  );
  const joint = fc.constantFrom(":", ":", ":", ":", "::", ":::");
  const text = fc.tuple(
    fc.constantFrom("", "", "", ":", "::"),
    fc.array(fc.tuple(group, joint), { minLength: 1, maxLength: 9 }),
    fc.boolean(),
  ).map(([begin, parts, ends]) => {
    const whole = begin + parts.map(([group, joint]) => group + joint).join("");
    return ends ? whole : whole.replace(/:+$/, "");
  }).filter((text) => text.includes(":") && !text.endsWith("."));
  const isSix = (text: string) => URL.parse(`http://[${text}]/`) !== null;
  let read = 0;
  fc.assert(
    fc.property(text, (text) => {
      assertEquals(isAddress(text), isSix(text), text);
      if (!isSix(text)) return;
      read++;
      assertEquals(`[${addressText(addressBytes(text))}]`, new URL(`http://[${text}]/`).hostname);
    }),
    { numRuns: 20_000 },
  );
  assert(read > 1000);
});
