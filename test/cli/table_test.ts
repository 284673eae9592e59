import { assertEquals } from "@std/assert";
import { tableLines } from "../../src/cli/terminal/table.ts";

Deno.test("numbers stand right, texts left, and no line ends with a space", () => {
  const columns = [{ title: "HOST" }, { title: "SENT", align: "right" as const }, {}];
  assertEquals(tableLines(columns, [["a", "5", ""], ["longer", "10000", "note"]]), [
    "HOST     SENT",
    "a           5",
    "longer  10000  note",
  ]);
});

Deno.test("without titles there is no line of them, and a ragged column does not widen", () => {
  assertEquals(tableLines([{ ragged: true }, {}], [["a", "b"], ["long", "c"]], { indent: 1 }), [
    " a  b",
    " long  c",
  ]);
});

Deno.test("the last column is wrapped, below itself also when a wide label stands alone", () => {
  const layout = { indent: 2, wrapAt: 14, leastWrap: 3 };
  assertEquals(
    tableLines([{ most: 4 }, {}], [["a", "one two"], ["label", "x"], ["b", ""]], layout),
    [
      "  a     one",
      "        two",
      "  label",
      "        x",
      "  b",
    ],
  );
});

Deno.test("paint does not count as width", () => {
  const paint = (text: string) => `<${text}>`;
  assertEquals(
    tableLines([{ title: "A", paint }, { title: "B" }], [["x", "y"], ["long", "z"]], {
      paintTitles: paint,
    }),
    ["<A     B>", "<x>     y", "<long>  z"],
  );
});
