import { assert, assertEquals, assertThrows } from "@std/assert";
import { Failure } from "../../src/host/failure.ts";
import { ConditionNames } from "../../src/measure/condition_names.ts";
import type { OptionValues } from "../../src/contract/option.ts";
import type { Spider } from "../../src/mod.ts";

function conditionNames(...names: string[]): ConditionNames {
  const conditions = Object.fromEntries(names.map((name) => [name, "for tests"]));
  return new ConditionNames({ name: "x", conditions } as unknown as Spider, {});
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

Deno.test("a letter that stands for an option has that option's values, and no others", () => {
  const conditions = { "x.N.works": "for tests", "x.N.reply:M": "", "x.0.reply:M": "" };
  const spider = { name: "x", conditions, letters: { N: "codepoint" }, confirm: ["x.N.works"] };
  const of = (codepoint: unknown) =>
    new ConditionNames(spider as unknown as Spider, { codepoint } as OptionValues);
  const several = of([46, 1]);
  assertEquals(several.known, [
    ...["x.46.works", "x.1.works", "x.46.reply:M", "x.1.reply:M"],
    "x.0.reply:M",
  ]);
  several.check(["x.46.works", "x.1.works", "x.46.reply:0", "x.0.reply:7"]);
  assertEquals(["x.48.works", "x.0.works", "x.4.reply:6"].filter((one) => several.has(one)), []);
  assertEquals(several.doubtful(["x.1.works", "x.0.reply:7"]), ["x.1.works"]);
  assertEquals(of(48).known, ["x.48.works", "x.48.reply:M", "x.0.reply:M"]);
  // A capital letter among the values is that letter, and not a value once more
  assertEquals(["x.M.works", "x.y.works"].filter((one) => of("M").has(one)), ["x.M.works"]);
  assertEquals(of(undefined).has("x.48.works"), true);
});

Deno.test("a name that options would spell in too many ways takes any value instead", () => {
  const conditions = { [`x.${"N.".repeat(8)}y`]: "for tests" };
  const spider = { name: "x", conditions, letters: { N: "list" } } as unknown as Spider;
  const names = new ConditionNames(spider, { list: Array.from({ length: 64 }, (_, at) => at) });
  assertEquals(names.has(`x.${"5.".repeat(8)}y`), true);
  assert(names.known.length <= 1000);
});
