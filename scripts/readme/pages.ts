import { filesIn, ROOT } from "../imports.ts";

const README = new URL("README.md", ROOT);

/** The README, and every page of the manual and of the sources. */
export function pages(): URL[] {
  return [README, ...filesIn(new URL("src/", ROOT), ".md").map((href) => new URL(href))];
}

/** The page that has a place for a part. */
export function placeOf(part: string): URL {
  const page = pages().find((page) => Deno.readTextFileSync(page).includes(begin(part)));
  if (page === undefined) throw new Error(`no page has a place for ${part}`);
  return page;
}

/** What stands on a page at the place of a part. */
export function partOf(text: string, part: string): string {
  const [from, to] = bounds(text, part);
  return text.slice(from, to).trim();
}

/** Replaces a part in the page that has its place. */
export function replacePart(page: URL, part: string, made: string): void {
  const text = Deno.readTextFileSync(page);
  const [from, to] = bounds(text, part);
  Deno.writeTextFileSync(page, `${text.slice(0, from)}\n\n${made}\n\n${text.slice(to)}`);
}

function bounds(text: string, part: string): [number, number] {
  const [from, to] = [text.indexOf(begin(part)), text.indexOf(`<!-- end: ${part} -->`)];
  if (from < 0 || to < from) throw new Error(`the page has no place for ${part}`);
  return [from + begin(part).length, to];
}

function begin(part: string): string {
  return `<!-- begin: ${part} -->`;
}
