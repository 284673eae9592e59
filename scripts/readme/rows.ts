/**
 * A table of Markdown with the rows of one part made again: each in the place of the row for the same work.
 * Those of a part that the table has nothing of yet are added at its end.
 *
 * @param made a table with the same columns
 * @throws where the table has rows for some of the work and not for the rest
 */
export function withRows(table: string, made: string): string {
  const rows = table.trimEnd().split("\n");
  const work = (row: string) => row.split("|")[1]?.trim();
  const [, , ...again] = made.trimEnd().split("\n");
  const places = again.map((row) => rows.findIndex((one) => work(one) === work(row)));
  if (places.every((at) => at < 0)) return [...rows, ...again].join("\n");
  for (const [i, row] of again.entries()) {
    const at = places[i]!;
    if (at < 0) throw new Error(`the table has no row for ${work(row)}: make all of it`);
    rows[at] = row;
  }
  return rows.join("\n");
}
