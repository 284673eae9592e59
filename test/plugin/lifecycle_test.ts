import { assert, assertEquals, assertMatch } from "@std/assert";
import { run } from "../../src/host/run.ts";
import { TargetLab } from "../lab/target_lab.ts";
import { Folder } from "../data/temporary.ts";
import { rootTest } from "../lab/root.ts";
import { type ProgramRun, results, spider } from "../spider.ts";
import { Published, source } from "./published.ts";

/** A spider that logs its hooks. */
const telling = (members: Readonly<Record<string, string>> = {}) =>
  source({
    options: '{ word: { type: "string", default: "well", summary: "a word" } }',
    init: "(options) => { began = options.word; console.error(`init ${options.word}`); }",
    close: "() => console.error(`close ${began}`)",
    preConnect: "() => { if (began === undefined) throw new Error('not begun'); }",
    ...members,
  }, "let began;");

/** Measures in the lab; `options` stand behind the spider. */
async function measure(
  lab: TargetLab,
  word: string,
  count: number,
  options: string[],
  published?: Published,
) {
  const start = published === undefined
    ? spider
    : (args: readonly string[], how: object) => published.spawn(args, how);
  return await start(["measure", word, "-i", lab.interface, ...options], {
    input: lab.addresses("transparent", 4, count).join("\n"),
    within: (line: readonly string[]) => lab.exec(line),
  }) as ProgramRun;
}

rootTest("init runs before the first job, and close when the run has ended", async () => {
  await using lab = await TargetLab.open();
  using folder = new Folder();
  const file = folder.put("strict.ts", new TextEncoder().encode(telling()));
  const { code, out, err } = await measure(lab, file, 3, ["--word", "better"]);
  assertEquals(code, 0, err);
  assertEquals(results(out).length, 3);
  assertEquals(err.match(/^(init|close).*$/gm), ["init better", "close better"]);
});

rootTest("close also runs after an error, which is named with its line", async () => {
  await using lab = await TargetLab.open();
  using folder = new Folder();
  const bad = "() => {\n    throw new Error('on purpose');\n  }";
  const cases: Readonly<Record<string, readonly string[]>> = {
    init: ["close undefined"],
    preConnect: ["init well", "close well"],
    postConnect: ["init well", "close well"],
    merge: ["init well", "close well"],
    conclude: ["init well", "close well"],
    close: ["init well"],
  };
  for (const [hook, lives] of Object.entries(cases)) {
    const text = telling({ [hook]: bad });
    const file = folder.put(`${hook}.ts`, new TextEncoder().encode(text));
    const { code, err } = await measure(lab, file, 2, []);
    assertEquals(code, 1, hook);
    const line = text.split("\n").findIndex((line) => line.includes("on purpose")) + 1;
    assertMatch(err, new RegExp(`the spider strict failed in ${hook}: Error: on purpose\n`));
    assertMatch(err, new RegExp(`/${hook}\\.ts:${line}:`));
    assert(!err.includes("/src/"), err);
    assertEquals(err.match(/^(init|close) .*$/gm), [...lives], hook);
  }
});

rootTest("what the run changed on the host is put back when a plugin throws", async () => {
  await using lab = await TargetLab.open();
  using folder = new Folder();
  const rules = () =>
    run("ip", ["-n", lab.client, "rule"]) + run("ip", ["-n", lab.client, "-6", "rule"]);
  const before = rules();
  const text = source({
    arms: '[{ name: "plain" }, { name: "ecn", socket: { ecn: true } }]',
    conclude: "([, ecn]) => { throw new Error(`flags ${ecn.tcp_synflags_fwd}`); }",
  });
  const file = folder.put("strict.ts", new TextEncoder().encode(text));
  const { code, err } = await measure(lab, file, 2, []);
  assertEquals(code, 1);
  // SYN, ECE and CWR: a rule and a route of the run's own were there
  assertMatch(err, /flags 194/);
  assertEquals(rules(), before);
});

rootTest("a plugin in a worker has its init and close too", async () => {
  await using lab = await TargetLab.open();
  await using published = new Published({ "/strict.ts": telling() });
  const added = await published.run(["plugins", "add", published.url("/strict.ts"), "--trust"]);
  assertEquals(added.code, 0, added.err);
  const { code, out, err } = await measure(lab, "strict", 2, ["--offline"], published);
  assertEquals(code, 0, err);
  assertEquals(results(out).length, 2);
  assertEquals(err.match(/(init|close) .*$/gm), ["init well", "close well"]);
});

Deno.test("stacks of a plugin from a URL have its own lines, also where types were written anew", async () => {
  const enumeration = "enum Long {\n  A,\n  B,\n}\ninterface None {\n  a: 1;\n}\n";
  const text = `${
    source(
      { preConnect: "() => {\n    throw new Error('on purpose ' + Long.B);\n  }" },
      enumeration,
    )
  }export const tests = [{ name: "throws", arms: { plain: {}, marked: {} } }];`;
  await using published = new Published({ "/strict.ts": text });
  const url = published.url("/strict.ts");
  const added = await published.run(["plugins", "add", url, "--trust"]);
  assertEquals(added.code, 0, added.err);
  const { code, out } = await published.run(["plugins", "test", url]);
  assertEquals(code, 1);
  const line = text.split("\n").findIndex((line) => line.includes("on purpose")) + 1;
  assert(out.includes(`${url}:${line}:`), out);
  assertMatch(out, /failed in preConnect: Error: on purpose 1/);
});
