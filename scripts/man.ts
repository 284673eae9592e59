/**
 * Writes the manual as man pages into `dist/man`, or into a folder that is named: `spider.1`, one page a
 * command, a sub-command and a spider in section 1, one a topic in section 7.
 */
import { fileURLToPath } from "node:url";
import { ROOT } from "./imports.ts";
import { manPages } from "./man/pages.ts";
import { roff } from "./man/roff.ts";

const into = Deno.args[0] ?? fileURLToPath(new URL("dist/man", ROOT));
const pages = await manPages();
for (const section of new Set(pages.map(({ section }) => section))) {
  Deno.mkdirSync(`${into}/man${section}`, { recursive: true });
}
for (const page of pages) {
  Deno.writeTextFileSync(`${into}/man${page.section}/${page.name}.${page.section}`, roff(page));
}
console.log(`wrote ${pages.length} pages into ${into}: man -M ${into} spider`);
