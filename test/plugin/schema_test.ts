import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import fc from "fast-check";
import { readValue } from "../../src/cli/value.ts";
import { UsageError } from "../../src/host/usage_error.ts";
import type { Option } from "../../src/contract/option.ts";
import { Failure } from "../../src/host/failure.ts";
import { readValues, valuesSchema } from "../../src/plugin/schema/option.ts";
import { Published, source } from "./published.ts";

const NUMBER: Option = { type: "integer", summary: "n", minimum: -3, maximum: 40 };

Deno.test("values given as JSON are taken where the command line takes them", () => {
  const agree = (option: Option, value: unknown) => {
    let line: unknown;
    try {
      line = readValue("x", option, String(value));
    } catch (error) {
      assert(error instanceof UsageError);
    }
    const json = valuesSchema({ x: option }).safeParse({ x: value });
    assertEquals(json.success, line !== undefined, `${JSON.stringify(option)} ${value}`);
    if (json.success) assertEquals(json.data.x, line);
  };
  fc.assert(fc.property(fc.oneof(fc.integer({ min: -50, max: 50 }), fc.constant(1.5)), (value) => {
    agree(NUMBER, value);
    agree({ ...NUMBER, type: "number" }, value);
  }));
  for (const word of ["red", "blue", "green"]) {
    agree({ type: "string", summary: "s", choices: ["red", "blue"] }, word);
    agree({ type: "string", summary: "s" }, word);
  }
  agree({ type: "boolean", summary: "b" }, true);
});

Deno.test("what is not given has its default", () => {
  const options: Record<string, Option> = {
    flag: { type: "boolean", summary: "b" },
    n: { type: "integer", summary: "n", default: 7 },
    many: { type: "integer", summary: "n", default: 48, repeated: true },
    none: { type: "string", summary: "s" },
    list: { type: "string", summary: "s", repeated: true },
  };
  assertEquals(readValues(options, {}), { flag: false, n: 7, many: [48], list: [] });
  assertEquals(readValues(options, { many: [1, 2], n: 1 }), {
    flag: false,
    n: 1,
    many: [1, 2],
    list: [],
  });
  assertThrows(() => readValues(options, { n: "1", other: 1 }), Failure, "option n");
});

Deno.test("the schema of a plugin's options, and of each kind's manifest", async () => {
  await using published = new Published({});
  const dscp = await published.run(["plugins", "schema", "dscp"]);
  assertEquals(dscp.code, 0, dscp.err);
  assertEquals(JSON.parse(dscp.out).properties.codepoint.items, {
    type: "integer",
    minimum: 0,
    maximum: 63,
  });
  const spider = JSON.parse((await published.run(["plugins", "schema", "--kind", "spider"])).out);
  assertEquals(spider.additionalProperties, false);
  assert(["kind", "name", "connect", "arms"].every((name) => spider.required.includes(name)));
  const chain = JSON.parse((await published.run(["plugins", "schema", "--kind", "chain"])).out);
  assert("newFlow" in chain.properties && chain.required.includes("fields"));
  for (const args of [[], ["dscp", "--kind", "spider"]]) {
    const { code, err } = await published.run(["plugins", "schema", ...args]);
    assertEquals(code, 2);
    assertMatch(err, /schema needs a PLUGIN, or --kind/);
  }
  const bad = published.put("strict.ts", source({ options: "{ n: { type: 7 } }" }));
  const { code, err } = await published.run(["plugins", "schema", bad]);
  assertEquals(code, 1);
  assertMatch(err, /has invalid options: its n\.type must be one of/);
});
