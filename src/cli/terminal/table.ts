import { wrap } from "./wrap.ts";

/** A column of a table; it is as wide as its widest cell. */
export interface Column {
  /** Its title. A table has a line of titles when one of its columns has one. */
  readonly title?: string;
  /** Alignment of its cells: `left` when missing; numbers are right-aligned. */
  readonly align?: "left" | "right";
  /** Its least width, in characters. */
  readonly least?: number;
  /** Its greatest width: a row with a wider cell begins with a line of its own, without the last cell. */
  readonly most?: number;
  /** Whether the next column begins where a cell ends, not below the others. */
  readonly ragged?: boolean;
  /** Colours a cell once its width was counted. */
  readonly paint?: (text: string) => string;
}

/** How the table as a whole is set. */
export interface TableLayout {
  /** Spaces before each line. */
  readonly indent?: number;
  /** Colours the line of titles. */
  readonly paintTitles?: (line: string) => string;
  /** The last column is wrapped so that lines have at most this many characters. */
  readonly wrapAt?: number;
  /** To how many characters the last column may be wrapped at the least, however narrow the terminal. */
  readonly leastWrap?: number;
}

const GAP = "  ";

/** A table for people as lines of text without spaces at their ends. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  { indent = 0, paintTitles, wrapAt, leastWrap = 1 }: TableLayout = {},
): string[] {
  const last = columns.length - 1;
  const widths = columns.map(({ title = "", least = 0, most = Infinity }, at) =>
    Math.min(most, Math.max(least, title.length, ...rows.map((row) => row[at]!.length)))
  );
  const before = widths.slice(0, last).reduce((sum, width) => sum + width + GAP.length, indent);
  const margin = " ".repeat(before);

  const cell = (text: string, at: number, painted: boolean) => {
    const { align, ragged, paint } = columns[at]!;
    const shown = painted && paint !== undefined ? paint(text) : text;
    const gap = " ".repeat(Math.max(0, widths[at]! - text.length));
    if (align === "right") return gap + shown;
    return ragged ? shown : shown + gap;
  };
  const line = (cells: readonly string[], painted: boolean) =>
    (" ".repeat(indent) + cells.map((text, at) => cell(text, at, painted)).join(GAP)).trimEnd();
  const rowLines = (cells: readonly string[]) => {
    if (wrapAt === undefined) return [line(cells, true)];
    const text = cells[last]!;
    const wrapped = text === "" ? [] : wrap(text, Math.max(leastWrap, wrapAt - before));
    const head = cells.slice(0, last);
    const alone = wrapped.length === 0 || head.some((text, at) => text.length > widths[at]!);
    return [
      line(alone ? head : [...head, wrapped[0]!], true),
      ...wrapped.slice(alone ? 0 : 1).map((text) => margin + text),
    ];
  };

  const titles = columns.map(({ title = "" }) => title);
  const titleLine = line(titles, false);
  return [
    ...(titles.every((title) => title === "") ? [] : [paintTitles?.(titleLine) ?? titleLine]),
    ...rows.flatMap(rowLines),
  ];
}
