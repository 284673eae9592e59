import { assertEquals, assertMatch } from "@std/assert";
import type { ObserverTest } from "../../src/contract/plugin_test.ts";
import { bundledNames, loadBundled } from "../../src/plugin/bundled.ts";
import { readValues } from "../../src/plugin/schema/option.ts";
import { playObserverTest } from "../../src/plugin/testing/play_observer.ts";
import { loadTrusted } from "../../src/plugin/trusted.ts";
import { Published } from "./published.ts";

/** An observer as a module. */
function source(members: string, name = "mine"): string {
  return `export default { kind: "observer", name: "${name}", version: "1.0.0", api: "^1",
  summary: "an observer of a test", ${members} };\n`;
}

const EXPERIMENT = `name: x
observers: [OBSERVER]
tests:
  - name: t
    services:
      web: { implementation: nginx, protocol: http }
      ecn: { implementation: ecn, protocol: { name: http, target: web } }
`;

Deno.test("observers that ship with the program are listed, shown, right and loaded", async () => {
  await using published = new Published({});
  const names = bundledNames("observer");
  const { out } = await published.run(["plugins", "list", "--json"]);
  const listed = JSON.parse(out).filter(({ kind }: { kind: string }) => kind === "observer");
  assertEquals(listed.map(({ name }: { name: string }) => name), names);
  const info = JSON.parse((await published.run(["plugins", "info", "tap", "--json"])).out);
  assertEquals([info.kind, info.observes.length], ["observer", 3]);
  const checked = await published.run(["plugins", "check", ...names]);
  assertEquals(checked.code, 0, checked.err + checked.out);
  const schema = await published.run(["plugins", "schema", "--kind", "observer"]);
  assertEquals(JSON.parse(schema.out).properties.observes.items.enum.includes("test.state"), true);
  for (const name of names) assertEquals((await loadTrusted("observer", name))?.name, name);
  assertEquals(await loadTrusted("observer", "no-such"), undefined);
  assertEquals(await loadTrusted("observer", "netns"), undefined);
});

Deno.test("what is wrong with an observer has its line", async () => {
  await using published = new Published({});
  const check = async (name: string, members: string) => {
    const path = published.put(`${name}.ts`, source(members, name));
    return await published.run(["plugins", "check", path]);
  };
  const one = await check("one", '\nobserves: ["test.begun"],\nbegin: 1,\nends: 2');
  assertEquals(one.code, 1);
  assertMatch(one.out, /:3: .*observes\.0 must be one of experiment\.began, /);
  assertMatch(one.out, /:4: .*begin must be a function/);
  assertMatch(one.out, /:5: .*ends is no member of an observer/);
  assertMatch(one.out, /event is missing/);
  const two = await check("two", "\nobserves: [], event: () => {}");
  assertMatch(two.out, /:3: .*observes must name a type of event/);
});

Deno.test("tests of an observer look at all lines, of the events that it observes", async () => {
  await using published = new Published({});
  const path = published.put(
    "mine.ts",
    source(`observes: ["metric.value"], options: { word: { type: "string", summary: "a word" } },
  begin: ({ print, options }) => print(\`begin \${options.word}\`),
  async event({ id, time, name }, { print }) {
    await Promise.resolve();
    if (name === "bad") throw new TypeError("no such metric");
    if (name === "endless") await new Promise(() => {});
    print(\`\${id} \${time} \${name}\`);
  },
  close: ({ print }) => print("\\u001b[2Jend")`) +
      `const metric = (name) => ({ type: "metric.value", name, value: 1 });
export const tests = [
  { name: "right", options: { word: "x" },
    events: [{ type: "test.state", state: "ready" }, metric("a"), metric("b")],
    lines: ["begin x", "2 2026-01-01T00:00:01.000Z a", "3 2026-01-01T00:00:02.000Z b", "?[2Jend"] },
  { name: "other", options: { word: "x" }, events: [metric("a")], lines: ["begin y"] },
  { name: "less", options: { word: "x" }, events: [],
    lines: ["begin x", "?[2Jend", "and more"] },
  { name: "thrown", options: { word: "x" }, events: [metric("bad")], lines: [] },
  { name: "endless", options: { word: "x" }, events: [metric("endless")], lines: [] },
];\n`,
  );
  const { code, out } = await published.run(["plugins", "test", path]);
  assertEquals(code, 1);
  assertMatch(out, /^ok +right$/m);
  assertMatch(out, /line 1 is "begin x", and "begin y" was expected/);
  assertMatch(out, /line 2 is "1 2026-01-01T00:00:00\.000Z a", and none was expected/);
  assertMatch(out, /line 3 is missing, and "and more" was expected/);
  assertMatch(out, /the observer mine failed in event: TypeError: no such metric/);
  assertMatch(out, /the observer mine is not done within 5 s/);
  const wrong = published.put(
    "wrong.ts",
    source("event: () => {}", "wrong") +
      'export const tests = [{ name: "a", events: [{ type: "x" }], lines: "b" }];\n',
  );
  const checked = await published.run(["plugins", "check", wrong]);
  assertMatch(checked.out, /tests\.0\.events\.0\.type must be a type of event/);
  assertMatch(checked.out, /tests\.0\.lines must be a list of texts/);
});

Deno.test("an experiment names observers, and what is wrong with one has its place", async () => {
  await using published = new Published({});
  const check = async (observer: string) => {
    const file = published.put("x.yaml", EXPERIMENT.replace("OBSERVER", observer));
    return await published.run(["experiment", "check", file]);
  };
  published.put(
    "mine.ts",
    source('event: () => {}, options: { n: { type: "integer", summary: "n" } }'),
  );
  for (const right of ["tap", "tap, ./mine.ts", "{ observer: ./mine.ts, options: { n: 1 } }"]) {
    const { code, err } = await check(right);
    assertEquals([code, err], [0, ""], right);
  }
  const faults = {
    "tapp": /x\.yaml:2:13: unknown observer tapp; did you mean tap\?/,
    "netns": /x\.yaml:2:13: unknown observer netns/,
    "tap, ./no-such.ts": /x\.yaml:2:18: .*no-such\.ts/,
    "{ observer: ./mine.ts, options: { n: x } }": /x\.yaml:2:50: n must be a whole number/,
    "{ options: {} }": /x\.yaml:2:13: observers\.0\.observer is missing/,
    "[tap]": /x\.yaml:2:13: observers\.0 must be a name, or an object with observer/,
  };
  for (const [wrong, said] of Object.entries(faults)) {
    const { code, err } = await check(wrong);
    assertEquals(code, 1, wrong);
    assertMatch(err, said);
  }
});

Deno.test("an observer from a URL runs only when it was added with all rights", async () => {
  await using published = new Published({ "/mine.ts": source("event: () => {}") });
  const url = published.url("/mine.ts");
  const refused = await published.run(["plugins", "add", url, "--trust"]);
  assertEquals(refused.code, 1);
  assertMatch(refused.err, /code that runs with all rights beside experiments/);
  const added = await published.run(["plugins", "add", url, "--trust", "--allow"]);
  assertEquals(added.code, 0, added.err);
  assertMatch(added.err, /observes: every event of experiments/);
  const file = published.put("x.yaml", EXPERIMENT.replace("OBSERVER", `"${url}"`));
  const planned = await published.run(["experiment", "plan", file]);
  assertEquals(planned.code, 0, planned.err);
  assertMatch(planned.out, /^observers: mine$/m);
});

/** Tests of each that ships with the program. */
const TESTS: Readonly<Record<string, readonly ObserverTest[]>> = {
  tap: [
    {
      name: "tests are counted as they end, and what was missed is told with its test",
      events: [
        { type: "experiment.began", name: "x", tests: 3 },
        { type: "test.state", test: "a[ip=4]", state: "created" },
        { type: "expectation.missed", test: "a[ip=6]", expectation: "must x", missed: 1, of: 2 },
        { type: "test.state", test: "a[ip=4]", state: "completed" },
        { type: "expectation.missed", test: "a[ip=6]", expectation: 'flow "y"', missed: 2, of: 2 },
        { type: "test.state", test: "a[ip=6]", state: "failed" },
        { type: "test.state", test: "b", state: "error" },
        { type: "experiment.ended", completed: 1, failed: 1, error: 1, seconds: 1 },
      ],
      lines: [
        "TAP version 14",
        "1..3",
        "ok 1 - a[ip=4]",
        "not ok 2 - a[ip=6]",
        "  ---",
        "  state: failed",
        "  missed:",
        '    - expectation: "must x"',
        "      missed: 1",
        "      of: 2",
        '    - expectation: "flow \\"y\\""',
        "      missed: 2",
        "      of: 2",
        "  ...",
        "not ok 3 - b",
        "  ---",
        "  state: error",
        "  ...",
      ],
    },
    {
      name: "no name of a test is a directive, and each run counts from 1",
      events: [{ type: "test.state", test: "a[x=\\ # SKIP]", state: "completed" }],
      lines: ["TAP version 14", "ok 1 - a[x=\\\\ \\# SKIP]"],
    },
  ],
};

Deno.test("each observer that ships with the program prints what it must", async () => {
  assertEquals(Object.keys(TESTS).sort(), [...bundledNames("observer")].sort());
  for (const [name, tests] of Object.entries(TESTS)) {
    const observer = (await loadBundled("observer", name))!;
    assertEquals(observer.name, name);
    for (const test of tests) {
      const options = readValues(observer.options ?? {}, test.options ?? {});
      const { faults } = await playObserverTest(observer, test, options);
      assertEquals(faults, [], `${name}: ${test.name}`);
    }
  }
});
