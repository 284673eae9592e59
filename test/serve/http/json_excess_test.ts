import { assertEquals } from "@std/assert";
import { jsonExcess } from "../../../src/serve/http/json_excess.ts";

const encoder = new TextEncoder();
const excess = (text: string) =>
  jsonExcess(encoder.encode(text), { values: 10, members: 3, depth: 4 });

Deno.test("what JSON has too much of is told, also where it never ends", () => {
  assertEquals(excess("1"), null);
  assertEquals(excess('[1, 2, {"a": [3], "b": null, "c": 4}]'), null);
  assertEquals(excess("[[[[]]]]"), null);
  assertEquals(excess("[[[[["), "depth");
  assertEquals(excess('{"a":{"b":[{"c":{'), "depth");
  assertEquals(excess(`[${"1,".repeat(8)}1]`), null);
  assertEquals(excess(`[${"1,".repeat(9)}`), "values");
  assertEquals(excess("[[],[],[],[],[],[]]"), "values");
  assertEquals(excess('{"a":1,"b":2,"c":3}'), null);
  assertEquals(excess('[{"a":[0,0],"b":2,"c":3,"d'), "members");
});

Deno.test("what is in a text is no value", () => {
  assertEquals(excess(`["${",[{".repeat(20)}", "\\"${",".repeat(20)}\\\\"]`), null);
  assertEquals(excess(`["é,\\\\", ${"1,".repeat(8)}1]`), "values");
  assertEquals(excess('"'), null);
  assertEquals(excess(`]]]]}}}}[[[[]]]]`), null);
});
