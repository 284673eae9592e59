import { assertEquals } from "@std/assert";
import { compare } from "../../../src/probe/localise/compare.ts";
import type { FieldValue } from "../../../src/probe/localise/header.ts";

function changed(
  sent: Record<string, FieldValue>,
  quoted: Record<string, FieldValue>,
  allOptions = true,
): { seen: string[]; changed: Record<string, FieldValue> } {
  const { seen, changed } = compare(
    { fields: new Map(Object.entries(sent)), allOptions: true },
    { fields: new Map(Object.entries(quoted)), allOptions },
  );
  return { seen: [...seen], changed: Object.fromEntries(changed) };
}

Deno.test("what is missing in a quotation was taken off only when all of it was quoted", () => {
  const sent = { dscp: 46, mss: 1460 };
  assertEquals(changed(sent, { dscp: 46 }), { seen: ["dscp", "mss"], changed: { mss: null } });
  assertEquals(changed(sent, { dscp: 46 }, false), { seen: ["dscp"], changed: {} });
  assertEquals(changed({ dscp: 46 }, { dscp: 0, option_253: "00" }).changed, {
    dscp: 0,
    option_253: "00",
  });
});

Deno.test("habits of hosts that quote are no changes: lengths less the header, octets swapped", () => {
  const quoted = (length: number, id = 0x1234) =>
    changed({ length: 60, id: 0x1234 }, { length, id }).changed;
  assertEquals(quoted(60), {});
  assertEquals(quoted(40), {});
  assertEquals(quoted(60 << 8), {});
  assertEquals(quoted(40 << 8), {});
  assertEquals(quoted(60, 0x3412), {});
  assertEquals(quoted(56), { length: 56 });
  assertEquals(quoted(60, 0x9999), { id: "rewritten" });
});
