import { assert, assertEquals } from "@std/assert";
import {
  allImports,
  longTestFiles,
  testFiles,
  touchedBy,
  waits,
} from "../../scripts/test/files.ts";

const imports = allImports();
const names = (hrefs: readonly string[]) => hrefs.map((href) => href.split("/test/")[1]!).sort();

Deno.test("a change touches the tests that import it by whatever way", () => {
  const tests = names(touchedBy(["src/result/csv.ts", "test/data/flow.ts"], imports));
  assert(tests.includes("measure/evidence/policy_test.ts"), "imports test/data/flow.ts");
  assert(tests.includes("cli/main_test.ts"), "runs the program, which imports src/result/csv.ts");
  assert(!tests.includes("wasm/wire/tcp_test.ts"));
  assertEquals(names(touchedBy(["test/scripts/files_test.ts"], imports)), [
    "scripts/files_test.ts",
  ]);
});

Deno.test("what nothing imports by name touches all tests", () => {
  assertEquals(touchedBy(["deno.json"], imports).length, testFiles().length);
  assertEquals(touchedBy(["wasm/assembly/index.ts"], imports).length, testFiles().length);
  assertEquals(touchedBy([], imports), []);
});

Deno.test("tests that work on networks are those that wait", () => {
  const isWaiting = waits(imports);
  const all = testFiles();
  const waiting = names(all.filter(isWaiting));
  assert(waiting.includes("measure/verdicts_test.ts"));
  assert(!waiting.includes("wasm/wire/tcp_test.ts") && waiting.length < all.length / 2);
});

Deno.test("each file that is begun first is a test", () => {
  const all = testFiles();
  assertEquals(longTestFiles().filter((file) => !all.includes(file)), []);
});
