import { assert, assertMatch } from "@std/assert";
import { lineLog } from "../../src/serve/log.ts";

Deno.test("what is logged is one line, cut, whatever it holds", () => {
  const lines: string[] = [];
  const log = lineLog((line) => lines.push(line), () => "info");
  log.write("info", "first\n   at one\r\n\n   at two\x1b[31m");
  log.write("info", `a${" ".repeat(1_000_000)}b\nc`);
  log.write("debug", "not asked for");
  assertMatch(lines[0]!, /^\S+Z info first \| at one \| at two\?\[31m$/);
  assert(lines.length === 2 && lines[1]!.length < 21_000 && !lines[1]!.includes("b"));
});
