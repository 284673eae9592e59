import { assert, assertEquals, assertThrows } from "@std/assert";
import { z } from "zod";
import { FileFaults, object, readYaml } from "../../../src/lab/file/yaml.ts";
import { Failure } from "../../../src/host/failure.ts";

const schema = object({
  name: z.string({ error: () => "must be a text" }),
  list: z.array(
    z.union([
      z.string(),
      object({ size: z.int({ error: () => "must be a number" }) }, "an object"),
    ]),
  )
    .default([]),
}, "an object");

/** What is wrong with a text, line by line. */
function faults(text: string): string[] {
  return assertThrows(() => readYaml(text, "a.yaml", schema), Failure).message.split("\n");
}

Deno.test("several faults come at once, each with its place and a suggestion", () => {
  assertEquals(faults("nmae: x\nlist:\n  - { size: many }\n  - { sise: 1, size: 2 }\n"), [
    "a.yaml:1:1: name must be a text",
    "a.yaml:1:1: unknown key nmae; did you mean name?",
    "a.yaml:3:13: list.0.size must be a number",
    "a.yaml:4:7: unknown key sise; did you mean size?",
  ]);
});

Deno.test("what is no YAML says where", () => {
  const [first] = faults("name: [a, b\nlist: }\n");
  assert(/^a\.yaml:2:\d+: /.test(first!), first);
  assertEquals(faults("name: a\nname: b\n"), ["a.yaml:2:1: Map keys must be unique"]);
  assertEquals(faults(""), ["a.yaml:1:1: this file must be an object"]);
});

Deno.test("positions are those of the value, or of the key that should not be there", () => {
  const { at } = readYaml("name: x\nlist:\n  - a\n  - {size: 3}\n", "a.yaml", schema);
  assertEquals(at(["list", 1, "size"]), { line: 4, column: 12 });
  assertEquals(at(["list", 1, "size"], true), { line: 4, column: 6 });
  assertEquals(at(["list", 1, "other"]), { line: 4, column: 5 });
});

Deno.test("keys shadow nothing", () => {
  const read = readYaml("{ __proto__: { polluted: 1 }, constructor: 2 }", "a.yaml", z.any()).value;
  assertEquals(Object.getPrototypeOf(read), null);
  assertEquals(Object.keys(read), ["__proto__", "constructor"]);
  assertEquals(({} as Record<string, unknown>).polluted, undefined);
});

Deno.test("aliases that explode, nesting without end and long texts are refused at once", () => {
  const levels = Array.from(
    { length: 20 },
    (_, at) =>
      at === 0 ? "a0: &a0 [x, x]" : `a${at}: &a${at} [${Array(9).fill(`*a${at - 1}`).join(", ")}]`,
  );
  const began = performance.now();
  assertEquals(
    faults(levels.join("\n"))[0]!.replace(/:\d+:\d+/, ""),
    "a.yaml: this comes to more than 100000 values, with its aliases",
  );
  assert(
    /nested more than 32 deep|Map keys|must/.test(
      faults(`name: ${"[".repeat(100)}${"]".repeat(100)}`)[0]!,
    ),
  );
  assertEquals(faults("x".repeat(2 ** 20 + 1)), [
    "a.yaml is longer than 1048576 characters: too long for a description",
  ]);
  assert(performance.now() - began < 20_000);
});

Deno.test("a hundred faults are counted, twenty are shown", () => {
  const lines = faults(
    `name: x\n${Array.from({ length: 100 }, (_, at) => `key${at}: 1`).join("\n")}`,
  );
  assertEquals(lines.length, 21);
  assertEquals(lines.at(-1), "a.yaml: and 80 more");
  const error = assertThrows(() => readYaml("x: 1", "a.yaml", schema), FileFaults);
  assertEquals(error.faults[0]!.line, 1);
});
