import { assertEquals } from "@std/assert";
import type { Result } from "../../../src/mod.ts";
import { lineOf } from "../../../src/measure/line.ts";
import { ResultLines } from "../../../src/run/scanning/result_line.ts";

const SPIDER = { name: "ecn", version: "1.0.0", sha256: "ab" };
const CONDITIONS = ["ecn.connectivity.works", "ecn.negotiation.\u{202e}"];

function result(dip: string, began: number, conditions: readonly string[]): Result {
  const sip = dip.includes(":") ? "2001:db8::1" : "192.0.2.1";
  const ended = began + 12.5;
  return lineOf({ dip, dp: 443 }, { sip, began, ended, conditions, missed: {} });
}

Deno.test("a line is what JSON.stringify makes of the result, spider and method behind it", () => {
  const lines = new ResultLines(SPIDER);
  for (const dip of ["198.51.100.7", "2001:db8:7::ff", "198.51.100.8"]) {
    for (const conditions of [[], CONDITIONS, ["mss.option.local.value:1460"]]) {
      const one = result(dip, 1_764_000_000_000.25, conditions);
      const expected = JSON.stringify({ ...one, spider: SPIDER, method: "scan" })
        .replaceAll("\u{202e}", "\\u202e");
      assertEquals(lines.of(one), expected);
      assertEquals(lines.of(one), expected);
    }
  }
});

Deno.test("a result that has more is left to JSON.stringify", () => {
  const lines = new ResultLines(SPIDER);
  const one = result("198.51.100.7", 0, CONDITIONS);
  assertEquals(lines.of({ ...one, missed: { ecn: "no packet seen" } }), null);
  assertEquals(lines.of({ ...one, flow_results: [] }), null);
  assertEquals(lines.of({ ...one, sip: null }), null);
});
