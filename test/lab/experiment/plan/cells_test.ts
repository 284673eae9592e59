import { assertEquals } from "@std/assert";
import { cellId, cellsOf, checkSelectors } from "../../../../src/lab/experiment/plan/cells.ts";
import { experimentFile } from "../../../../src/lab/experiment/file/experiment_file.ts";
import { readYaml } from "../../../../src/lab/file/yaml.ts";
import { Faults } from "../../../../src/lab/topology/faults.ts";

function cells(text: string) {
  const read = readYaml(
    `name: x\ntests:\n  - name: t\n    services: {}\n${text.replaceAll(/^/gm, "    ")}`,
    "x.yaml",
    experimentFile,
  );
  const faults = new Faults(read);
  const [test] = read.value.tests;
  const { all, left } = cellsOf(test!, ["tests", 0], faults);
  if (all.length > 0) checkSelectors(test!, all, ["tests", 0], new Set(), faults);
  return { ids: left.map((cell) => cellId("t", cell)), faults: faults.all };
}

Deno.test("a matrix is all its places, without those that are excluded", () => {
  const { ids, faults } = cells(`
matrix:
  middlebox: [a, b]
  ip: [4, 6]
  exclude: [{ middlebox: b, ip: 6 }]
`);
  assertEquals(faults, []);
  assertEquals(ids, ["t[middlebox=a,ip=4]", "t[middlebox=a,ip=6]", "t[middlebox=b,ip=4]"]);
});

Deno.test("a place may name several values, and a middlebox with what narrows it has a name", () => {
  const { ids, faults } = cells(`
matrix:
  middlebox:
    - transparent
    - { name: back, middlebox: "option-strip:8", direction: reverse }
    - drop
  ip: [4, 6]
  exclude: [{ middlebox: [back, drop], ip: 6 }]
expect:
  - { when: { middlebox: [transparent, back] }, must: [x] }
  - { when: { middlebox: [transparent, bakc] }, must: [x] }
  - { when: { middlebox: [] }, must: [x] }
`);
  assertEquals(ids, [
    "t[middlebox=transparent,ip=4]",
    "t[middlebox=transparent,ip=6]",
    "t[middlebox=back,ip=4]",
    "t[middlebox=drop,ip=4]",
  ]);
  assertEquals(faults.map(({ line, text }) => [line, text]), [
    [15, "unknown value of middlebox bakc; did you mean back?"],
    [16, "no place of the matrix has all of these values"],
  ]);
});

Deno.test("iterations run each set of parameters as often as they say", () => {
  const { ids } = cells(`
iterations: { count: 2, parameter_sets: [{ size: 1 }, { size: 9 }] }
`);
  assertEquals(ids, [
    "t[iteration=1,size=1]",
    "t[iteration=2,size=1]",
    "t[iteration=1,size=9]",
    "t[iteration=2,size=9]",
  ]);
});

Deno.test("an exclusion names parts of the matrix alone, and a matrix is bounded", () => {
  const { faults } = cells(`
matrix:
  middlebox: [a]
  exclude: [{ middlebix: a }]
`);
  assertEquals(faults.map(({ line, text }) => [line, text]), [
    [8, "unknown part of the matrix middlebix; did you mean middlebox?"],
  ]);
  const many = Array.from({ length: 100 }, (_, at) => at).join(", ");
  const [fault] = cells(`
matrix:
  spider: [${many}]
  service: [${many}]
`).faults;
  assertEquals(fault?.text, "it comes to more than 5000 tests");
});
