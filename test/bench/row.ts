/** One line of the table. */
export interface FigureRow {
  /** What was done. */
  readonly work: string;
  /** Our figure. */
  readonly ours: string;
  /**
   * Peers and bare loops of the same run, each with its figure, or the reason for not having one.
   */
  readonly peers: readonly string[];
  /** The bound: a ratio to one of those, and the figure once required on an idle machine. */
  readonly bound: string;
  /** Null where the peer of the bound did not run. */
  readonly reached: boolean | null;
}

/** A table in Markdown. */
export function markdown(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  return [titles, titles.map(() => "---"), ...rows]
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n");
}

/** The table of some rows in Markdown. */
export function table(rows: readonly FigureRow[], quick = false): string {
  const ours = quick ? "spider, A QUICK LOOK, NO FIGURES" : "spider";
  return markdown(
    ["work", ours, "peers and bare loops, in the same run", "to reach", "reached"],
    rows.map(({ work, ours, peers, bound, reached }) => [
      work,
      ours,
      peers.join("; ") || "none",
      bound,
      reached === null ? "not judged" : reached ? "yes" : "**no**",
    ]),
  );
}

/** The median. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** A number with thousands apart. */
export function grouped(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** The absolute figure required on an idle machine, and whether this run reached it. */
export function asked(what: string, met: boolean): string {
  return `asked: ${what}${met ? "" : ", **missed**"}`;
}
