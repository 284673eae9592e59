import { assertEquals } from "@std/assert";
import { hashOf, readHash } from "../../src/page/location.ts";

Deno.test("a place is what its address says, also one that someone wrote by hand", () => {
  const parts = ["measurements", "a/b", "results"];
  const hash = hashOf(parts, { condition: "a:b&c", prefix: "192.0.2.0/24", run: "" });
  assertEquals(readHash(hash), {
    parts,
    query: { condition: "a:b&c", prefix: "192.0.2.0/24" },
  });
  assertEquals(readHash(""), { parts: [], query: {} });
  assertEquals(readHash("#/%E0%A4%A/x").parts, ["%E0%A4%A", "x"]);
});
