import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { manPages } from "../../scripts/man/pages.ts";
import { roff } from "../../scripts/man/roff.ts";
import type { Command } from "../../src/cli/command.ts";
import { fromMarkdown } from "../../src/cli/help/markdown.ts";
import { topics } from "../../src/cli/help/topics.ts";
import { allCommands } from "../../src/cli/registry.ts";
import { spiderNames } from "../../src/plugin/spiders.ts";
import { isInstalled } from "../program.ts";

const commands = await allCommands();

/** The requests that pages may hold. */
const REQUESTS = /^\.(TH|nr|nh|ad|SH|SS|PP|TP|IP|RS|RE|EX|EE|br)( |$)/;

const PAGES = await manPages();

Deno.test("there is a man page for the program, each command, sub-command, spider and topic", () => {
  const names = PAGES.map(({ name, section }) => `${name}(${section})`);
  assertEquals(
    names.sort(),
    [
      "spider(1)",
      ...commands.flatMap((command) => pagesOf(command, "spider")),
      ...commands.filter(({ spiders }) => spiders !== undefined).flatMap((command) =>
        spiderNames().map((name) => `spider-${command.name}-${name}(1)`)
      ),
      ...topics.map(({ name }) => `spider-${name}(7)`),
    ].sort(),
  );
  for (const { name, seeAlso } of PAGES) {
    for (const page of seeAlso) assert(names.includes(page), `${name} names ${page}`);
  }
});

/** Pages of a command and of those below it. */
function pagesOf({ name, commands = [] }: Command, above: string): string[] {
  const page = `${above}-${name}`;
  return [`${page}(1)`, ...commands.flatMap((below) => pagesOf(below, page))];
}

Deno.test("man pages are well formed", () => {
  for (const page of PAGES) {
    const lines = roff(page).split("\n");
    assertMatch(lines[0]!, /^\.TH "[^"]+" "[17]" "" "spider \d[^"]*" "[^"]+"$/);
    for (const line of lines) {
      assert(/^[\x20-\x7e]*$/.test(line), `${page.name}: ${line}`);
      assert(!/^['.]/.test(line) || REQUESTS.test(line), `${page.name}: ${line}`);
    }
    const count = (request: string) =>
      lines.filter((line) => line.split(" ")[0] === request).length;
    assertEquals([count(".EX"), count(".RS")], [count(".EE"), count(".RE")], page.name);
    const titles = lines.filter((line) => line.startsWith(".SH")).map((line) =>
      line.slice(4).replaceAll('"', "")
    );
    assertEquals(titles.slice(0, 2).concat(titles.at(-1)!), [
      "NAME",
      page.section === 1 ? "SYNOPSIS" : "DESCRIPTION",
      "SEE ALSO",
    ]);
  }
});

Deno.test("what is text on a page is no request of roff", () => {
  const body = fromMarkdown(
    "# One\n\n.so /etc/passwd\n\n- 'br\n\n```\n.so x\n\\fB~^\n```\n\n| a | b |\n| --- | --- |\n| .x | .y |\n",
  );
  const page = roff({ name: "x", section: 7, summary: "…", body, seeAlso: [] });
  for (const line of page.split("\n")) assert(!/^['.]/.test(line) || REQUESTS.test(line), line);
  assertStringIncludes(page, "\n\\&.so /etc/passwd\n");
  assertStringIncludes(page, "\n\\&.so x\n\\efB\\(ti\\(ha\n");
  assertStringIncludes(page, "x \\- \\[u2026]\n");
});

const groff = isInstalled("groff");
Deno.test({
  name: `groff has nothing to say of any man page${groff ? "" : " (skipped: no groff)"}`,
  ignore: !groff,
  async fn() {
    for (const page of PAGES) {
      const child = new Deno.Command("groff", {
        args: ["-man", "-ww", "-Tutf8"],
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      const ended = child.output();
      const writer = child.stdin.getWriter();
      await writer.write(new TextEncoder().encode(roff(page)));
      await writer.close();
      const { success, stdout, stderr } = await ended;
      assertEquals([success, new TextDecoder().decode(stderr)], [true, ""], page.name);
      assertStringIncludes(new TextDecoder().decode(stdout), page.summary.split(" ")[0]!);
    }
  },
});
