import { assertEquals } from "@std/assert";
import { substitute, unknownPlaces } from "../../../../src/lab/experiment/plan/substitute.ts";

Deno.test("values stand where they are named, as what they are", () => {
  const cell = { size: 9, name: "web" };
  assertEquals(substitute({ a: ["${size}", "x-${size}-${name}"], b: 1, c: null }, cell), {
    a: [9, "x-9-web"],
    b: 1,
    c: null,
  });
  assertEquals(substitute("${other} ${toString}", cell), "${other} ${toString}");
});

Deno.test("what stands for nothing is found at any depth", () => {
  assertEquals(unknownPlaces({ a: ["${size} ${sise}"], b: { c: "${x}" } }, ["size"]), [
    "sise",
    "x",
  ]);
});
