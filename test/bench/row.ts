/** One line of the table. */
export interface Row {
  /** What was done. */
  readonly work: string;
  /** What it came to, ours. */
  readonly ours: string;
  /** Peers, each with its figure and the ratio to ours; empty where none is installed. */
  readonly peers: readonly string[];
  /** What is to be reached. */
  readonly bound: string;
  readonly reached: boolean;
}

/** The table in Markdown. */
export function table(rows: readonly Row[]): string {
  const lines = rows.map(({ work, ours, peers, bound, reached }) =>
    `| ${work} | ${ours} | ${peers.join("; ") || "none installed"} | ${bound} | ${
      reached ? "yes" : "**no**"
    } |`
  );
  return [
    "| work | spider | peers, in the same run | to reach | reached |",
    "| --- | --- | --- | --- | --- |",
    ...lines,
  ].join("\n");
}

/** The middle one of some numbers. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** A number with thousands apart. */
export function grouped(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
