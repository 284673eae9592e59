import { assertEquals } from "@std/assert";
import { kindOf } from "../../../src/result/flow/field_kind.ts";
import { chains } from "../../../src/observe/chains.ts";

Deno.test("types of fields are what they say, and a port may be missing", () => {
  const kind = (type: string) => {
    const { base, isList, mayBeNull } = kindOf({ name: "a", type, summary: "" });
    return [base, isList, mayBeNull];
  };
  assertEquals(kind("integer"), ["integer", false, false]);
  assertEquals(kind("integers?"), ["integer", true, true]);
  assertEquals(kind("address?"), ["address", false, true]);
  assertEquals(kind("addresses"), ["address", true, false]);
  assertEquals(kind("strings"), ["string", true, false]);
  assertEquals(kind("port"), ["port", false, true]);
  assertEquals(kind("json"), ["json", false, true]);
  assertEquals(kind("colour"), ["json", false, true]);
});

Deno.test("no chain that ships with the program has a type that would be taken for any JSON", () => {
  for (const field of chains().flatMap(({ fields }) => fields)) {
    assertEquals(
      field.type === "json",
      kindOf(field).base === "json",
      `${field.name} ${field.type}`,
    );
  }
});
