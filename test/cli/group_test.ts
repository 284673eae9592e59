import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { plugins } from "../../src/cli/commands/plugins/command.ts";
import { inProcess } from "../in_process.ts";

Deno.test("a command with sub-commands lists them, alone and with --help", async () => {
  const alone = await inProcess(["plugins"]);
  assertEquals([alone.code, alone.err], [0, ""]);
  for (const { name, summary } of plugins.commands!) {
    assertMatch(alone.out, new RegExp(`^  ${name} +${summary.slice(0, 30)}`, "m"));
  }
  for (const args of [["plugins", "--help"], ["plugins", "-h"], ["help", "plugins"]]) {
    assertEquals(await inProcess(args), alone);
  }
});

Deno.test("help of a sub-command has its whole name", async () => {
  const asked = await inProcess(["plugins", "info", "--help"]);
  assertStringIncludes(asked.out, "spider plugins info [OPTIONS] PLUGIN\n");
  assertEquals(await inProcess(["help", "plugins", "info"]), asked);
});

Deno.test("a sub-command that there is not, or that lacks a word, is a wrong command line", async () => {
  const cases: [string[], string][] = [
    [["plugins", "lst"], "unknown command of plugins lst; did you mean list?"],
    [["plugins", "frobnicate"], "there is list, info, add, remove, update"],
    [["plugins", "info"], "plugins info needs a PLUGIN; see spider plugins info --help"],
    [["plugins", "list", "x"], "plugins list does not take x; see spider plugins list --help"],
  ];
  for (const [args, message] of cases) {
    const { code, out, err } = await inProcess(args);
    assertEquals([code, out], [2, ""]);
    assertStringIncludes(err, message);
  }
});
