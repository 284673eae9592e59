import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { prototypes } from "./prototypes.ts";
import { COMPLETE, Published } from "./published.ts";

const CONTROLS = Array.from({ length: 0xa0 }, (_, code) => String.fromCharCode(code))
  .filter((character) => /\p{C}/u.test(character));

/** Texts with what a terminal obeys, does not show, or turns around. */
const text = fc.array(
  fc.constantFrom(
    ...CONTROLS,
    ..."\u202e\u2066\u200b\ufeff\u{e0041}",
    "\u001b[2J",
    "\u001b]0;x\u0007",
    "a",
    ".",
    " ",
    "spider: ",
  ),
  { maxLength: 8 },
).map((parts) => parts.join(""));

const key = fc.oneof(
  text,
  fc.array(
    fc.constantFrom("constructor", "prototype", "__proto__", "arms", "0", "when", "then", "toJSON"),
    { minLength: 1, maxLength: 4 },
  ).map((words) => words.join(".")),
);

/** A member of a manifest, as code: a value, a function, or a getter. */
const member = fc.tuple(
  key,
  fc.oneof(
    text.map((value) => JSON.stringify(value)),
    fc.constantFrom("() => {}", "[{}]", "{ __proto__: { when: 1 } }", "[...'ab']", "1e999", "-0"),
  ),
  fc.boolean(),
).map(([name, value, isGetter]) =>
  isGetter
    ? `get ${JSON.stringify(name)}() { return ${value}; }`
    : `${JSON.stringify(name)}: ${value}`
);

/** The members of a complete chain, as code. */
const CHAIN: Readonly<Record<string, string>> = {
  kind: '"chain"',
  name: '"strict"',
  version: '"1.0.0"',
  api: '"^1"',
  summary: '"for tests"',
  fields: '{ strict: { type: "integer", summary: "its own", initial: 0 } }',
  tcp: "() => {}",
};

const manifest = fc.constantFrom(COMPLETE, CHAIN).chain((complete) =>
  fc.tuple(
    fc.constant(complete),
    fc.constantFrom("", ...Object.keys(complete)),
    text,
    fc.array(member, { maxLength: 3 }),
  )
).map(([complete, replaced, value, more]) => {
  const own = Object.entries(complete).map(([name, code]) =>
    `${name}: ${name === replaced ? JSON.stringify(value) : code}`
  );
  return `export default {\n${[...own, ...more].join(",\n")},\n};\n`;
});

Deno.test("whatever a stranger's manifest says, before consent it gets nothing and shows nothing raw", async () => {
  await using published = new Published({});
  const before = prototypes();
  await fc.assert(
    fc.asyncProperty(manifest, async (code) => {
      published.paths["/a.ts"] = code;
      const url = published.url("/a.ts");
      for (const args of [["plugins", "add", url], ["plugins", "info", url, "--json"]]) {
        const { code, out, err } = await published.run(args);
        assert([0, 1].includes(code), err);
        assertEquals(/[^\P{C}\n]/u.test(out + err), false, JSON.stringify(out + err));
        assertEquals([prototypes(), published.lock], [before, ""]);
      }
    }),
    { numRuns: 40 },
  );
});
