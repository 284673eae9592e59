import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { jsonText } from "../../src/host/json_text.ts";

Deno.test("what a terminal obeys or does not show is escaped, and the value stays the same", () => {
  fc.assert(fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2), (value, indent) => {
    const text = jsonText(value, indent);
    assertEquals(/[^\P{C}\n]/u.test(text), false);
    assertEquals(JSON.parse(text), JSON.parse(JSON.stringify(value)));
  }));
  assertEquals(
    jsonText("a\u007f\u009b\u202e\u{e0041}\n"),
    '"a\\u007f\\u009b\\u202e\\udb40\\udc41\\n"',
  );
});
