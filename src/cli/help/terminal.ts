// @ts-types="../../types/colors.d.ts"
import { bold, cyan } from "@std/fmt/colors";
import { tableLines } from "../terminal/table.ts";
import { wrap } from "../terminal/wrap.ts";
import { type Block, type Cells, type Document, type Span, textOf } from "./document.ts";
import { cleaned } from "../../target/quote.ts";

/** How a page is set: characters a line, and whether it may hold colours. */
export interface Style {
  readonly width: number;
  readonly colour: boolean;
}

const TONES: Readonly<Record<Span["tone"], (text: string) => string>> = {
  plain: (text) => text,
  code: cyan,
  strong: bold,
};

/**
 * A page as lines for a terminal. It holds no control characters but those of colours.
 *
 * @param margin blanks before whatever is no heading
 */
export function render(page: Document, style: Style, margin = 0): string {
  const inner = { ...style, width: Math.max(20, style.width - margin) };
  let text = "";
  let before: Block["kind"] | null = null;
  for (const block of page) {
    const indent = block.kind === "heading" ? 0 : margin;
    const lines = linesOf(block, block.kind === "heading" ? style : inner)
      .map((line) => `${" ".repeat(indent)}${line}`.trimEnd());
    // What a heading is about follows it at once
    text += before === null || before === "heading" ? "" : "\n";
    text += lines.map((line) => `${line}\n`).join("");
    before = block.kind;
  }
  return text;
}

function linesOf(block: Block, style: Style): readonly string[] {
  const { width, colour } = style;
  switch (block.kind) {
    case "heading":
      return [(colour ? bold : same)(cleaned(textOf(block.spans)))];
    case "text":
      return flowing(block.spans, style);
    case "rows":
      return tableLines(
        [{ most: block.labelWidth, ...colour && { paint: cyan } }, {}],
        block.rows.map(({ label, text }) => [cleaned(label), cleaned(text)]),
        { indent: 2, wrapAt: width, leastWrap: 20 },
      );
    case "code":
      return block.text.split("\n").map((line) => `  ${cleaned(line)}`);
    case "list":
      return block.items.flatMap((item) =>
        flowing(item, { ...style, width: width - 2 })
          .map((line, at) => `${at === 0 ? "-" : " "} ${line}`)
      );
    case "table":
      return table(block.titles, block.rows, style);
  }
}

/** Wraps text, and paints it after its widths were counted. */
function flowing(spans: readonly Span[], { width, colour }: Style): readonly string[] {
  const clean = spans.map(({ text, tone }) => ({ text: cleaned(text), tone }));
  let at = 0;
  return wrap(textOf(clean), width).map((line) => {
    const pieces = slice(clean, at, at + line.length);
    // The blank at which it was wrapped
    at += line.length + 1;
    return pieces.map(({ text, tone }) => colour ? TONES[tone](text) : text).join("");
  });
}

function slice(spans: readonly Span[], from: number, to: number): readonly Span[] {
  let begin = 0;
  return spans.flatMap(({ text, tone }) => {
    const part = text.slice(Math.max(0, from - begin), Math.max(0, to - begin));
    begin += text.length;
    return part === "" ? [] : [{ text: part, tone }];
  });
}

/** Columns, with wrapped cells where the terminal is narrow; a record for each row where it is too narrow. */
function table(titles: Cells, rows: readonly Cells[], style: Style): readonly string[] {
  const texts = rows.map((row) => row.map((cell) => cleaned(textOf(cell))));
  const names = titles.map((cell) => cleaned(textOf(cell)));
  const widths = fitting(names, texts, style.width);
  if (widths === null) return records(names, texts, style);
  const lines = texts.flatMap((row) => {
    const cells = row.map((text, at) => wrap(text, widths[at]!));
    const height = Math.max(...cells.map(({ length }) => length));
    return Array.from({ length: height }, (_, line) => cells.map((cell) => cell[line] ?? ""));
  });
  return tableLines(
    names.map((title, at) => ({ title, ...style.colour && at === 0 && { paint: cyan } })),
    lines,
    style.colour ? { paintTitles: bold } : {},
  );
}

/** The widths of columns, of which the widest give way; null where there is no room for their words. */
function fitting(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
): readonly number[] | null {
  const needed = titles.map((title, at) =>
    Math.max(title.length, ...rows.flatMap((row) => row[at]!.split(" ")).map((word) => word.length))
  );
  const wanted = titles.map((title, at) =>
    Math.max(title.length, ...rows.map((row) => row[at]!.length))
  );
  for (let most = Math.max(...wanted); most > 0; most--) {
    const widths = wanted.map((one, at) => Math.max(needed[at]!, Math.min(one, most)));
    if (widths.reduce((sum, one) => sum + one + 2, -2) <= width) return widths;
  }
  return null;
}

/** The first cell of each row, and below it the others behind their titles. */
function records(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  style: Style,
): readonly string[] {
  return rows.flatMap(([first = "", ...rest], at) => [
    ...at === 0 ? [] : [""],
    ...flowing([{ text: first, tone: "strong" }], style),
    ...rest.flatMap((text, column) =>
      text === "" ? [] : wrap(`${titles[column + 1]}: ${text}`, style.width - 4)
        .map((line, at) => `${at === 0 ? "  " : "    "}${line}`)
    ),
  ]);
}

function same(text: string): string {
  return text;
}
