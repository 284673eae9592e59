import { assert } from "@std/assert";
import fc from "fast-check";
import { Failure } from "../../src/host/failure.ts";
import { beyond } from "../../src/plugin/boundary.ts";
import { spiderProblems } from "../../src/plugin/manifest_check.ts";
import { sourceManifest } from "../../src/plugin/reading/manifest_source.ts";
import { schemaFaults } from "../../src/plugin/form.ts";
import { armList } from "../../src/plugin/schema/arm.ts";
import { optionsSchema } from "../../src/plugin/schema/option.ts";
import { parseModule } from "../../src/plugin/reading/parse_module.ts";
import { readSource } from "../../src/plugin/source.ts";
import { source } from "./published.ts";

/** Runs what may refuse its input, but only with a {@linkcode Failure} of one line. */
function refusesAtMost(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    assert(!error.message.includes("\n"), error.message);
  }
}

const anything = fc.anything({ withNullPrototype: true, maxDepth: 4 });

Deno.test("whatever stands in a plugin's place, its reading ends with a plugin or one sentence", () => {
  const pieces = fc.constantFrom(
    ..."export default const { } [ ] ( ) => ; , . import from async * < > : enum as class".split(
      " ",
    ),
    ...['"./x.ts"', "`${", "`", "a", "1", "\n", "//", "/*", "\u2028", "\ud800", "kind", "null"],
  );
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 80 }),
    fc.array(pieces, { maxLength: 30 }).map((words) => words.join(" ")),
    fc.tuple(fc.nat(400), fc.nat(40), fc.string({ maxLength: 6 })).map(([at, cut, put]) => {
      const whole = source();
      return whole.slice(0, at) + put + whole.slice(at + cut);
    }),
  );
  fc.assert(
    fc.property(text, (text) => {
      refusesAtMost(() =>
        spiderProblems(sourceManifest(parseModule(text, "a.ts").program, "a.ts"))
      );
    }),
    { numRuns: 500 },
  );
});

Deno.test("whatever a plugin says of itself, checking it ends with problems and not with an error", () => {
  const data = fc.record({
    kind: fc.oneof(fc.constant("spider"), anything),
    name: anything,
    version: anything,
    api: anything,
    summary: anything,
    references: anything,
    options: fc.oneof(anything, fc.dictionary(fc.string(), anything)),
    connect: anything,
    chains: fc.oneof(anything, fc.array(anything)),
    arms: fc.oneof(
      anything,
      fc.array(
        fc.oneof(anything, fc.record({ name: fc.string(), socket: anything, system: anything })),
      ),
    ),
    conditions: fc.oneof(anything, fc.dictionary(fc.string(), anything)),
    confirm: anything,
  }, { requiredKeys: [] });
  fc.assert(
    fc.property(data, anything, (data, other) => {
      const known = { data, functions: ["conclude"], computed: [] };
      assert(spiderProblems(known).every((problem) => !/\p{C}/u.test(problem)));
      beyond(known);
      schemaFaults(armList, [other], "an arm");
      schemaFaults(optionsSchema, { name: other }, "options");
    }),
    { numRuns: 500 },
  );
});

Deno.test("whatever word names a plugin, it is told what it is or refused in a sentence", () => {
  const word = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.webUrl({ withFragments: true, withQueryParameters: true }),
    fc.string().map((rest) => `https://${rest}`),
  );
  fc.assert(fc.property(word, (word) => refusesAtMost(() => readSource(word))));
});
