import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  attribute,
  joined,
  numberAttribute,
  numberIn,
  readAttributes,
  readMessages,
  textIn,
  writeMessage,
} from "../../../src/host/netlink/message.ts";
import { readRoute } from "../../../src/host/netlink/route.ts";
import { readRule, ruleText } from "../../../src/host/netlink/rule.ts";
import { hopsOf, prefixText } from "../../../src/host/netlink/route.ts";

const text = (words: string) => new TextEncoder().encode(words);

Deno.test("messages and attributes are read as they were written", () => {
  const body = joined([
    numberAttribute(3, 0xfedc_ba98),
    attribute(7, text("eth0\0")),
    attribute(9, text("x"), true),
  ]);
  const octets = joined([
    writeMessage({ type: 24, flags: 5, sequence: 6, body }),
    writeMessage({ type: 3, flags: 2, sequence: 7, body: new Uint8Array(4) }),
  ]);
  const [first, second] = [...readMessages(octets)];
  assertEquals([first!.type, first!.flags, first!.sequence], [24, 5, 6]);
  assertEquals([second!.type, second!.body.length], [3, 4]);
  const attributes = readAttributes(first!.body, 0);
  assertEquals([...attributes.keys()], [3, 7, 9]);
  assertEquals(numberIn(attributes, 3), 0xfedc_ba98);
  assertEquals(textIn(attributes, 7), "eth0");
  assertEquals(numberIn(attributes, 9), undefined);
  assertEquals(textIn(attributes, 1), undefined);
});

Deno.test("what is cut off or says a wrong length ends the reading, and no more", () => {
  const whole = writeMessage({ type: 24, flags: 0, sequence: 1, body: numberAttribute(3, 1) });
  for (let length = 0; length < whole.length; length++) {
    assertEquals([...readMessages(whole.subarray(0, length))], []);
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => {
      for (const message of readMessages(octets)) readAttributes(message.body, 0);
      const message = { type: 24, flags: 0, sequence: 1, body: octets };
      const route = readRoute(message);
      if (route !== null) [hopsOf(route), prefixText(route)];
      const rule = readRule(message);
      if (rule !== null) ruleText(rule);
    }),
    { numRuns: 2000 },
  );
});
