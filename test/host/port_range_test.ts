import { assertEquals } from "@std/assert";
import { withRanges } from "../../src/host/port_range.ts";

Deno.test("ranges are added to a list of ports as the kernel would write it", () => {
  assertEquals(withRanges("", [{ first: 10, last: 19 }]), "10-19");
  assertEquals(
    withRanges("", [{ first: 20, last: 29 }, { first: 10, last: 19 }]),
    "10-29",
    "those that touch are one",
  );
  assertEquals(withRanges("5,8-9,30", [{ first: 10, last: 19 }]), "5,8-19,30");
  assertEquals(withRanges("1-100", [{ first: 10, last: 19 }]), "1-100");
});
