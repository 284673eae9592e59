// @ts-types="../../src/types/csv.d.ts"
import { parse } from "@std/csv";
import { assertEquals } from "@std/assert";
import { CsvLines, parseLines } from "../../src/result/csv.ts";

const text = (octets: Uint8Array) => new TextDecoder().decode(octets);
const lines = (...records: unknown[]) =>
  new TextEncoder().encode(records.map((record) => JSON.stringify(record) + "\n").join(""));

Deno.test("columns in their order, null and missing empty, lists in quotes", () => {
  const csv = new CsvLines(["a", "b", "c"]);
  assertEquals(text(csv.header), "a,b,c\n");
  const records = lines({ c: true, a: 1.5, b: null }, { a: 'x,"y"\r\n', b: [1, 2] });
  const written = text(csv.of(records));
  assertEquals(written, '1.5,,true\n"x,""y""\r\n","[1,2]",\n');
  assertEquals(parse(written)[0], ["1.5", "", "true"]);
});

Deno.test("what a terminal obeys is not in it, except the ends of lines", () => {
  const written = text(
    new CsvLines(["a", "b"]).of(lines({ a: "\u001b[2J\u009b\rx", b: ["\u007f\u202e"] })),
  );
  assertEquals(written, '?[2J??x,"[""??""]"\n');
});

Deno.test("no records are no lines", () => {
  assertEquals(parseLines(new Uint8Array()), []);
  assertEquals(text(new CsvLines(["a"]).of(new Uint8Array())), "");
});
