/** The manual: topics on a terminal, and the pages of the sources that it is made of. */
import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
// @ts-types="../../src/types/colors.d.ts"
import { bold, cyan } from "@std/fmt/colors";
import { filesIn, ROOT } from "../../scripts/imports.ts";
import { pages, partOf, placeOf } from "../../scripts/readme/pages.ts";
import {
  chainTable,
  commandTable,
  connectionTable,
  environmentTable,
  headline,
  middleboxTable,
  observerTable,
  serviceTable,
  spiderTable,
  topicTable,
  wordTable,
} from "../../scripts/readme/tables.ts";
import type { Document } from "../../src/cli/help/document.ts";
import { fromMarkdown } from "../../src/cli/help/markdown.ts";
import { render } from "../../src/cli/help/terminal.ts";
import { topics } from "../../src/cli/help/topics.ts";
import { allCommands } from "../../src/cli/registry.ts";
import { loadBundled } from "../../src/plugin/bundled.ts";
import { spiderNames } from "../../src/plugin/spiders.ts";
import { inProcess } from "../in_process.ts";
import { commandLine } from "../spider.ts";
// Not run, but its types are checked
import type {} from "./manual_script.ts";

const commands = await allCommands();

const NAMES = [...commands, ...topics].map(({ name }) => name);
const read = (page: URL) => Deno.readTextFileSync(page);
const path = (page: URL) => page.href.slice(ROOT.href.length);

Deno.test("each topic is shown, without control characters", async () => {
  for (const { name } of topics) {
    const { code, out, err } = await inProcess(["help", name]);
    assertEquals([code, err], [0, ""], name);
    assert(out.split("\n").length > 20, name);
    assertEquals(out.match(/[^\n\P{C}]/u), null, name);
    assertEquals(out.match(/ $|\n\n\n/m), null, name);
  }
});

Deno.test("text and tables of topics keep to the width, or stand as they are", async () => {
  for (const { name, page } of topics) {
    const wrapped = (await page()).filter(({ kind }) => kind !== "code");
    for (const width of [60, 80, 200]) {
      for (const line of render(wrapped, { width, colour: false }, 2).split("\n")) {
        const longest = Math.max(...line.split(" ").map(({ length }) => length));
        assert(line.length <= width || longest > width / 3, `${name}, ${width}: ${line}`);
      }
    }
  }
});

Deno.test("headings are bold on a terminal alone, and nothing from outside is a control character", () => {
  const page: Document = fromMarkdown(
    "# One\n\nTwo `three` **four**\x1b[2J\u202e\n\n```\n\x07\n```\n",
  );
  assertEquals(render(page, { width: 80, colour: false }), "One\nTwo three four?[2J?\n\n  ?\n");
  const heading = `${bold("One")}\nTwo ${cyan("three")} ${bold("four")}`;
  assertEquals(render(page, { width: 80, colour: true }), `${heading}?[2J?\n\n  ?\n`);
});

Deno.test("a topic has colours on a terminal", () => {
  const words = ["env", "-u", "NO_COLOR", ...commandLine(["help", "pathspider"], undefined)];
  const line = words.map((word) => `'${word}'`).join(" ");
  const { stdout } = new Deno.Command("script", { args: ["-qec", line, "/dev/null"] }).outputSync();
  assertStringIncludes(new TextDecoder().decode(stdout), "\x1b[1m");
});

Deno.test("a table is columns, columns with wrapped cells, or a record for each row", () => {
  const page = fromMarkdown("| a | b |\n| --- | --- |\n| `one \\| two` | three four five |\n");
  const at = (width: number) => render(page, { width, colour: false });
  assertEquals(at(40), "a          b\none | two  three four five\n");
  assertEquals(at(22), "a          b\none | two  three four\n           five\n");
  assertEquals(
    render(fromMarkdown(`| a | b |\n| --- | --- |\n| ${"x".repeat(30)} | y |\n`), {
      width: 24,
      colour: false,
    }),
    `${"x".repeat(30)}\n  b: y\n`,
  );
});

Deno.test("help suggests the nearest of commands and topics", async () => {
  const cases: [string[], string][] = [
    [["help", "condtions"], "unknown command or topic condtions; did you mean conditions?"],
    [["help", "measur"], "unknown command or topic measur; did you mean measure?"],
    [["help", "qqqqqqqq"], "unknown command or topic qqqqqqqq; see spider --help"],
    [["help", "trust", "me"], "help trust does not take me"],
    [["trust"], "trust is a topic, not a command: spider help trust"],
    [["help", "ecn"], "ecn is a spider, not a command: spider measure ecn"],
  ];
  for (const [args, message] of cases) {
    assertEquals(await inProcess(args), { code: 2, out: "", err: `spider: ${message}\n` });
  }
});

Deno.test("help lists the topics beside the commands, of which none has the name of a topic", async () => {
  const { out } = await inProcess(["help"]);
  const widest = Math.max(...topics.map(({ name }) => name.length));
  for (const { name, summary } of topics) {
    assertStringIncludes(out, `  ${name.padEnd(widest)}  ${summary}\n`);
  }
  assertEquals(new Set(NAMES).size, NAMES.length);
});

Deno.test("each page of the sources is a topic, called as its file is", () => {
  const written = filesIn(new URL("src/", ROOT), ".md").map((href) => href.split("/").at(-1)!)
    .filter((name) => name !== "README.md");
  const named = topics.map(({ name }) => `${name}.md`).filter((name) => name !== "conditions.md");
  assertEquals(written.sort(), named.sort());
});

Deno.test("the topic of conditions has every condition of every spider, with its meaning", async () => {
  const { out } = await inProcess(["help", "conditions"]);
  const text = out.replaceAll(/\s+/g, " ");
  for (const name of spiderNames()) {
    const { conditions } = (await loadBundled("spider", name))!;
    for (const [condition, meaning] of Object.entries(conditions)) {
      assertStringIncludes(out, `  ${condition}  `);
      // A long meaning continues beside an empty cell
      assertStringIncludes(text, `${condition} ${meaning}`);
    }
  }
});

Deno.test("the README is one page", () => {
  assert(read(new URL("README.md", ROOT)).split("\n").length <= 201);
});

Deno.test("links of pages lead somewhere", () => {
  for (const page of pages()) {
    const text = read(page);
    const titles = [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
      title.toLowerCase().replaceAll(/[^a-z0-9 -]/g, "").replaceAll(" ", "-")
    );
    for (const [, target = ""] of text.matchAll(/\]\(([^)]*)\)/g)) {
      if (target.startsWith("#")) {
        assert(titles.includes(target.slice(1)), `${path(page)}: ${target}`);
      } else assert(Deno.statSync(new URL(target, page)).isFile, `${path(page)}: ${target}`);
    }
  }
});

Deno.test("commands and topics that pages and help speak of are there", () => {
  const sources = filesIn(new URL("src/", ROOT), ".ts").map((href) => new URL(href));
  for (const page of [...pages(), ...sources]) {
    for (const [said, name = ""] of read(page).matchAll(/spider help ([a-z]+)/g)) {
      assert(NAMES.includes(name), `${path(page)}: ${said}`);
    }
  }
  for (const page of pages()) {
    for (const [said, name = ""] of read(page).matchAll(/`spider ([a-z]+)[ `]/g)) {
      assert(
        [...commands.map(({ name }) => name), "help"].includes(name),
        `${path(page)}: ${said}`,
      );
    }
  }
});

Deno.test("the map of the sources names files and folders that are there", () => {
  const map = new URL("src/README.md", ROOT);
  for (const [, name = ""] of read(map).matchAll(/`([a-z_]+(?:\/[a-z_.]+)+)`/g)) {
    const there = [ROOT, map, new URL("wasm/assembly/", ROOT)].some((base) => {
      try {
        return Deno.statSync(new URL(name, base)) !== null;
      } catch {
        return false;
      }
    });
    assert(there, name);
  }
});

Deno.test("the map of the sources has every room", () => {
  const text = read(new URL("src/README.md", ROOT));
  for (const { name, isDirectory } of Deno.readDirSync(new URL("src/", ROOT))) {
    if (isDirectory) assertMatch(text, new RegExp(`^\\|.*\`${name}\`.*\\|`, "m"));
  }
});

Deno.test("what no page may have is reported", () => {
  for (const text of ["1. one", "![x](y.png)", "> said", "- one\n  - two", "a <b>c</b>"]) {
    assertThrows(() => fromMarkdown(text), Error, "the manual has no place for");
  }
});

Deno.test("tables of pages say what the declarations say", async () => {
  const squeeze = (text: string) => text.replaceAll(/ +/g, " ").replaceAll(/-{3,}/g, "---");
  const tables = {
    commands: await commandTable(),
    topics: topicTable(),
    spiders: await spiderTable(),
    chains: chainTable(),
    connections: connectionTable(),
    middleboxes: await middleboxTable(),
    services: await serviceTable("iut"),
    testers: await serviceTable("tester"),
    environments: await environmentTable(),
    observers: await observerTable(),
    words: wordTable(),
    headline: headline(),
  };
  for (const [part, made] of Object.entries(tables)) {
    const stands = partOf(read(placeOf(part)), part);
    assertEquals(squeeze(stands), squeeze(made), `make it again: deno task readme ${part}`);
  }
});

Deno.test("the script of the manual is one whose types are checked with these tests", () => {
  const text = read(new URL("src/probe/probing.md", ROOT));
  const [, code = ""] = text.match(/```ts ignore\n([\s\S]*?)```/) ?? [];
  assertStringIncludes(code, '"path/to/spider/');
  const [, ...script] = read(new URL("test/cli/manual_script.ts", ROOT)).split("\n");
  assertEquals(code.replace("path/to/spider/", "../../"), script.join("\n"));
});
