/**
 * A table of Markdown with some of its rows made again: each in the place of the row for the same work.
 *
 * @param made a table with the same columns
 * @throws where the table has no row for some work
 */
export function withRows(table: string, made: string): string {
  const rows = table.split("\n");
  const work = (row: string) => row.split("|")[1]?.trim();
  const [, , ...again] = made.split("\n");
  for (const row of again) {
    const at = rows.findIndex((one) => work(one) === work(row));
    if (at < 0) throw new Error(`the table has no row for ${work(row)}: make all of it`);
    rows[at] = row;
  }
  return rows.join("\n");
}
