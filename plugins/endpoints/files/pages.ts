import { basename } from "node:path";
import { marked } from "marked";
import type { Beneath } from "../../../src/mod.ts";

/** Names of a folder that one page shows, at most. */
const MOST_NAMES = 10_000;
/** Where a comma stands in a whole number. */
const THOUSANDS = /\B(?=(?:\d{3})+$)/g;

const STYLE =
  "body{font:16px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em;" +
  "color-scheme:light dark}pre,code{font-family:ui-monospace,monospace}pre{overflow:auto}" +
  "table{border-collapse:collapse}td,th{padding:.2em .8em;border:1px solid #8888}td:last-child{text-align:right}";

/** A page made from Markdown. HTML in it stays, and is as harmless as the headers make it. */
export function markdownPage(text: string, path: string): string {
  const [, title = basename(path)] = /^# +(.+)$/m.exec(text) ?? [];
  return page(title, marked.parse(text, { async: false }));
}

/** A page of what is in a folder. */
export async function folderPage(folder: Beneath, names: readonly string[]): Promise<string> {
  const entries = await folder.entries(MOST_NAMES, (name) => !name.startsWith("."));
  const rows = entries.map(({ name, isDirectory, size }) => {
    const shown = isDirectory ? `${name}/` : name;
    const link = encodeURIComponent(name) + (isDirectory ? "/" : "");
    const octets = isDirectory ? "" : String(size).replace(THOUSANDS, ",");
    return `<tr><td><a href="./${link}">${escaped(shown)}</a></td><td>${octets}</td></tr>`;
  });
  const title = names.filter((name) => name !== "").join("/") || "files";
  return page(
    title,
    `<h1>${escaped(title)}</h1>\n<table>\n<tr><th>name</th><th>octets</th></tr>\n` +
      `${rows.sort().join("\n")}\n</table>\n`,
  );
}

function page(title: string, body: string): string {
  return `<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n` +
    `<meta name="viewport" content="width=device-width">\n<title>${escaped(title)}</title>\n` +
    `<style>${STYLE}</style>\n<body>\n${body}</body>\n</html>\n`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
