import { type Block, type Cells, type Span, textOf } from "../../src/cli/help/document.ts";
import { VERSION } from "../../src/version.ts";
import type { ManPage } from "./pages.ts";

/** A man page in roff, by the macros of man(7). It has no date, so that builds are reproducible. */
export function roff({ name, section, summary, body, seeAlso }: ManPage): string {
  return [
    `.TH "${escaped(name.toUpperCase())}" "${section}" "" "spider ${VERSION}" "Manual of spider"`,
    // Names are not to be broken, nor lines stretched
    ".nr HY 0",
    ".nh",
    ".ad l",
    ".SH NAME",
    `${escaped(name)} \\- ${escaped(summary)}`,
    ...body.flatMap(block),
    ".SH SEE ALSO",
    seeAlso.map((page) => bold(page)).join(", "),
    "",
  ].join("\n");
}

function block(block: Block): readonly string[] {
  switch (block.kind) {
    case "heading": {
      const title = textOf(block.spans);
      return block.level <= 2
        ? [`.SH "${escaped(title.toUpperCase())}"`]
        : [`.SS "${escaped(title)}"`];
    }
    case "text":
      return [".PP", line(block.spans)];
    case "rows":
      return block.rows.flatMap(({ label, text }) => {
        // Help sets what has no short form below the long forms of others
        const name = bold(label.trim());
        return text === "" ? [".PP", name] : [".TP", name, guarded(escaped(text))];
      });
    case "code":
      return [
        ".PP",
        ".RS 4",
        ".EX",
        ...block.text.split("\n").map((text) => guarded(escaped(text))),
        ".EE",
        ".RE",
      ];
    case "list":
      return block.items.flatMap((item) => ['.IP "\\(bu" 2', line(item)]);
    case "table":
      return block.rows.flatMap((row) => record(block.titles, row));
  }
}

/** A row as a record: with two columns the titles are of no use. */
function record(titles: Cells, [first = [], ...rest]: Cells): readonly string[] {
  if (rest.length === 1) return [".TP", bold(textOf(first)), line(rest[0]!)];
  const fields = rest.flatMap((cell, at) =>
    cell.length === 0 ? [] : [".br", `${escaped(textOf(titles[at + 1]!))}: ${line(cell)}`]
  );
  return [".TP", bold(textOf(first)), ...fields.slice(1)];
}

function line(spans: readonly Span[]): string {
  const text = spans.map(({ text, tone }) => tone === "plain" ? escaped(text) : bold(text)).join(
    "",
  );
  // An empty line would be a paragraph
  return text === "" ? "\\&" : guarded(text);
}

function bold(text: string): string {
  return `\\fB${escaped(text)}\\fR`;
}

/** What begins with a point would be a request. */
function guarded(text: string): string {
  return text.startsWith(".") ? `\\&${text}` : text;
}

/** Every character as itself: roff makes others of some, and knows those beyond ASCII by their numbers. */
function escaped(text: string): string {
  return text.replaceAll(
    /[\\\-'`^~"]|[^\x20-\x7e]/gu,
    (character) => ESCAPES[character] ?? `\\[u${hexadecimal(character)}]`,
  );
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\e",
  "-": "\\-",
  "'": "\\(aq",
  "`": "\\(ga",
  "^": "\\(ha",
  "~": "\\(ti",
  '"': "\\(dq",
};

function hexadecimal(character: string): string {
  return character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
}
