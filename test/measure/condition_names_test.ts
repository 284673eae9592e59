import { assertEquals, assertThrows } from "@std/assert";
import { Failure } from "../../src/host/failure.ts";
import { ConditionNames } from "../../src/measure/condition_names.ts";
import type { Spider } from "../../src/mod.ts";

function conditionNames(...names: string[]): ConditionNames {
  const conditions = Object.fromEntries(names.map((name) => [name, "for tests"]));
  return new ConditionNames({ name: "x", conditions } as unknown as Spider);
}

Deno.test("a condition is known by its name, with any value where a capital letter stands", () => {
  const known = conditionNames("dscp.N.replymark:M", "a.b", "at.N-M.c");
  known.check(["dscp.46.replymark:0", "a.b", "at.1-2.c", "pathspider.not_observed"]);
  assertEquals([known.has("pathspider.missed_flows:2"), known.has("a.c")], [true, false]);
  for (const other of ["dscp.46.replymark", "a.b.c", "aXb", "at.1.c", "a-b"]) {
    assertThrows(() => known.check([other]), Failure, "does not declare");
  }
});

Deno.test("a name that could be split in many ways takes no more time than another", () => {
  const known = conditionNames(`${"N-".repeat(20)}N:x`);
  assertThrows(() => known.check([`${"a-".repeat(2000)}a`]), Failure);
  known.check([`${"a-".repeat(20)}a:x`]);
  assertEquals(known.doubtful(["a"]), []);
});
