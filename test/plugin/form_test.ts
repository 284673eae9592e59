import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { formFaults, schemaFaults } from "../../src/plugin/form.ts";
import { kind as spider } from "../../src/plugin/kind/spider.ts";
import { armList } from "../../src/plugin/schema/arm.ts";
import { sourceManifest } from "../../src/plugin/reading/manifest_source.ts";
import { parseModule } from "../../src/plugin/reading/parse_module.ts";
import { prototypes } from "./prototypes.ts";

/** What is found wrong with a module that exports members beside nothing else. */
function faultsOf(members: string): string[] {
  const { program } = parseModule(`export default { ${members} };`, "m.ts");
  return formFaults(sourceManifest(program, "m.ts"), spider).map(({ place }) => place);
}

const KEYS = [
  "constructor.prototype.when",
  "arms.constructor.prototype.then",
  "__proto__.when",
  "arms.__proto__",
  "toString.call",
  "summary.constructor.prototype.when",
  "conditions.a.b.__proto__.c",
];

Deno.test("keys with dots reach no prototype", () => {
  const before = prototypes();
  for (const key of KEYS) {
    faultsOf(
      `kind: "spider", summary: "a", arms: [{ name: "a" }], conditions: {}, "${key}": () => {}`,
    );
    assertEquals(prototypes(), before, key);
  }
  assert(faultsOf(`"constructor.prototype.when": () => {}`).includes("constructor.prototype.when"));
});

Deno.test("no keys of a manifest change what other objects have", () => {
  const before = prototypes();
  const word = fc.constantFrom(
    ...["constructor", "prototype", "__proto__", "arms", "0", "when", "then", "conclude", "", "a"],
  );
  const key = fc.array(word, { minLength: 1, maxLength: 5 }).map((words) => words.join("."));
  const value = fc.constantFrom(
    "() => {}",
    "1",
    "[]",
    "[{}]",
    "{}",
    "function () {}",
    "[() => {}]",
  );
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(key, value), {
        maxLength: 6,
        selector: ([name]) => name,
      }),
      (members) => {
        faultsOf(members.map(([name, one]) => `${JSON.stringify(name)}: ${one}`).join(", "));
        assertEquals(prototypes(), before);
      },
    ),
  );
});

Deno.test("what is no list and has a length is no list, and no error", () => {
  for (const length of [{}, null, "x", 5]) {
    const arms = Object.assign(Object.create(null), { length });
    const [fault] = schemaFaults(armList, arms, "arms");
    assertEquals(fault, { place: "", text: "must be a list of arms" });
  }
});
