import { assert, assertEquals } from "@std/assert";
import { RowWindow } from "../../../src/page/table/window.ts";

Deno.test("of a list that fits, each row is where it is", () => {
  const rows = new RowWindow(1000, 30, 540);
  assertEquals(rows.height, 30_000);
  assertEquals([rows.seen(0), rows.seen(45), rows.seen(30_000 - 540)], [[0, 19], [1, 21], [
    982,
    1000,
  ]]);
  assertEquals([rows.at(10, 0), rows.at(10, 123)], [300, 300]);
  assertEquals(new RowWindow(3, 30, 540).seen(0), [0, 3]);
  assertEquals(new RowWindow(0, 30, 540).seen(0), [0, 0]);
});

Deno.test("of ten million rows the first and the last can be seen, and every one be moved to", () => {
  const [total, row, view] = [10_000_000, 30, 540];
  const rows = new RowWindow(total, row, view);
  const last = rows.height - view;
  assert(rows.height < 17_000_000, "taller than what browsers draw");
  assertEquals([rows.seen(0)[0], rows.seen(last)[1]], [0, total]);
  // The last row ends where the list does
  assertEquals(Math.round(rows.at(total - 1, last) + row), rows.height);
  let scrolled = 0;
  for (const wanted of [0, 17, 18, 5000, 4999, 9_999_999, 1]) {
    scrolled = rows.shows(wanted, scrolled);
    const top = rows.at(wanted, scrolled) - scrolled;
    assert(top > -row && top < view, `row ${wanted} is at ${top}`);
  }
});
