import { assertEquals, assertThrows } from "@std/assert";
import { withRows } from "../../scripts/readme/rows.ts";

const HEAD = "| work | ours |\n| ---- | ---- |";

Deno.test("rows that are made again stand where those for the same work stood", () => {
  const table = `${HEAD}\n| one  | 1    |\n| two | 2 |\n| three | 3 |`;
  assertEquals(
    withRows(table, `${HEAD}\n| three | 33 |\n| one | 11 |`),
    `${HEAD}\n| one | 11 |\n| two | 2 |\n| three | 33 |`,
  );
});

Deno.test("a row for other work is an error, and no row is lost or added in silence", () => {
  const table = `${HEAD}\n| one | 1 |`;
  const made = `${HEAD}\n| one | 11 |\n| four | 4 |`;
  assertThrows(() => withRows(table, made), Error, "no row for four");
});

Deno.test("the rows of a part that the table has nothing of stand at its end", () => {
  const table = `${HEAD}\n| one | 1 |\n`;
  const made = `${HEAD}\n| four | 4 |\n| five | 5 |`;
  assertEquals(withRows(table, made), `${HEAD}\n| one | 1 |\n| four | 4 |\n| five | 5 |`);
});
