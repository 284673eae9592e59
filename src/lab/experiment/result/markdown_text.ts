import { cleaned } from "../../../target/quote.ts";

/** A stranger's text in a line of Markdown, in which it comes out as nothing but text. */
export function asText(text: string): string {
  return cleaned(text).trim()
    .replaceAll(/[\\`*[\]<>|~&#@]|:(?=\/\/)|(?<=www)\./gi, "\\$&")
    // Within a word it means nothing, and many names have it
    .replaceAll(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\_")
    .replace(/^[-+]/, "\\$&")
    .replace(/^(\d+)([.)])(?!\S)/, "$1\\$2");
}

/** A name as code, or as text where a table does not let it be code. */
export function asCode(text: string): string {
  const name = cleaned(text).trim();
  return name === "" || /[`|]/.test(name) ? asText(name) : `\`${name}\``;
}

/** Lines of a stranger's as they are, in a block that none of them can end. */
export function asBlock(lines: readonly string[]): string {
  const fence = lines.flatMap((line) => line.match(/`+/g) ?? [])
    .reduce((fence, run) => run.length < fence.length ? fence : `${run}\``, "```");
  return [`${fence}text`, ...lines.map(cleaned), fence].join("\n");
}

/** A table; its cells are Markdown already. */
export function asTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
