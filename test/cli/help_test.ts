import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { commandPage, programPage } from "../../src/cli/help/declared.ts";
import { render } from "../../src/cli/help/terminal.ts";
import { topics } from "../../src/cli/help/topics.ts";
import { allCommands } from "../../src/cli/registry.ts";
import { wrap } from "../../src/cli/terminal/wrap.ts";
import { mark, sampleCommand } from "./sample.ts";

const commands = await allCommands();

const PLAIN = { width: 80, colour: false };

Deno.test("help of the program names every command with its summary, in its section", () => {
  const help = render(programPage(commands, topics), PLAIN);
  for (const { name, section, summary } of commands) {
    const all = commands.filter((other) => other.section === section);
    const width = Math.max(...all.map(({ name }) => name.length));
    const [, listed = ""] = help.split(`\n\n${section}\n`);
    assertStringIncludes(
      `\n${listed.split("\n\n")[0]}\n`,
      `\n  ${name.padEnd(width)}  ${summary}\n`,
    );
  }
});

Deno.test("help of a command says all that its declaration says", () => {
  const help = render(commandPage(sampleCommand(), null, ["mark"]), PLAIN);
  assertStringIncludes(help, "spider measure [OPTIONS] SPIDER [NOTE]\n");
  assertStringIncludes(help, "  -w, --workers N     n [1 to 10; default 100]\n");
  assertStringIncludes(help, "      --rate N        a second [0.5 or more]\n");
  assertStringIncludes(help, "  -i, --input FILE    targets [default -]\n");
  assertStringIncludes(help, "  -v, --verbose       talk\n");
  assertStringIncludes(help, "  -h, --help          print this help\n");
  assertStringIncludes(help, "  spider measure mark -w 5\n    Measures.\n");
  assertStringIncludes(help, "\nSpiders\n  mark\n");
});

Deno.test("help of a spider adds its conditions, options and choices", () => {
  const help = render(commandPage(sampleCommand(), mark, []), PLAIN);
  assertStringIncludes(help, "Measure: A mark on one arm\n");
  assertStringIncludes(help, "spider measure mark [OPTIONS] [NOTE]\n");
  assertStringIncludes(help, "  mark.connectivity.works  both connected\n");
  assertStringIncludes(help, "Options of mark\n  -c, --codepoint N  mark [0 to 63]\n");
  assertStringIncludes(help, "--connect TYPE  type [tcp, http; default tcp]\n");
  assertStringIncludes(help, "arms     plain, marked\n");
});

Deno.test("help keeps to the width and holds colours only when asked", () => {
  for (const command of commands) {
    for (const width of [60, 80, 120]) {
      const help = render(commandPage(command, null, []), { width, colour: false });
      const beforeExamples = help.split("\nExamples\n")[0]!;
      for (const line of beforeExamples.split("\n")) assert(line.length <= width, line);
      assert(!help.includes("\x1b"));
      assert(!help.includes("\n\n\n"));
    }
  }
});

Deno.test("wrap loses nothing and keeps a long word whole", () => {
  const text = "one two threeeeeeeeee four";
  assertEquals(wrap(text, 7), ["one two", "threeeeeeeeee", "four"]);
  assertEquals(wrap(text, 9).join(" "), text);
});
