import { assert, assertEquals, assertMatch } from "@std/assert";
import { spiderNames } from "../../src/plugin/spiders.ts";
import { Published, source } from "./published.ts";

interface Checked {
  where: string;
  kind: string | null;
  ran: boolean;
  faults: { place: string; text: string; line: number | null }[];
}

/** Checks a file; the status and what was found. */
async function check(text: string, published?: Published) {
  await using own = published === undefined ? new Published({}) : null;
  const user = published ?? own!;
  const file = user.put("strict.ts", text);
  const { code, out, err } = await user.run(["plugins", "check", file, "--json"]);
  assertEquals(err, "");
  const [checked] = JSON.parse(out) as [Checked];
  return { code, checked, file };
}

/** Places and texts. */
function said({ faults }: Checked): string[] {
  return faults.map(({ place, text }) => `${place} ${text}`.trim());
}

Deno.test("every fault is reported at once, with the line that it is in", async () => {
  const text = source({
    kind: '"spider"',
    name: '"Strict"',
    version: '"1"',
    api: '"^2"',
    summary: "7",
    connect: '["tcp", "tpc"]',
    chains:
      '["basic", "tpc", { name: "own", fields: { own_a: { type: "integer", summary: "a", initial: "x" } }, tcp() {} }]',
    arms:
      '[{ name: "a", socket: { dscp: 64, colour: 1 } }, { name: "a", after: "b", system: { enter: 1 } }]',
    conditions: '{ "strict.(a+)+": "x", "strict.b": "" }',
    letters: '{ N: "n", M: "colour", x: "n" }',
    confirm: '["strict.c"]',
    options:
      '{ Big: { type: "integer", summary: "x" }, n: { type: "integer", summary: "x", default: 1.5 }, m: { type: "text", summary: "x" } }',
    conclude: '"later"',
    colour: '"red"',
  });
  const { code, checked } = await check(text);
  assertEquals(code, 1);
  assert(checked.ran);
  const lines = text.split("\n");
  const places = checked.faults.map(({ place, line }) => {
    const member = place.split(".")[0]!;
    assertEquals(lines[line! - 1]?.trim().split(":")[0], member, place);
    return place;
  });
  assertEquals(places.toSorted(), [
    "api",
    "arms.0.socket.colour",
    "arms.0.socket.dscp",
    "arms.1.after",
    "arms.1.name",
    "arms.1.system.enter",
    "chains.1",
    "chains.2.fields.own_a",
    "colour",
    "conclude",
    "conditions.strict.(a+)+",
    "conditions.strict.b",
    "confirm.0",
    "connect.1",
    "letters.M",
    "letters.x",
    "name",
    "options.Big",
    "options.m.type",
    "options.n.default",
    "summary",
    "version",
  ]);
  assertMatch(
    said(checked).join("\n"),
    /^api is "\^2", and this program has the contract 1\.0\.0$/m,
  );
});

Deno.test("what only running it tells is checked where it may be run, and is not guessed where not", async () => {
  const members = {
    chains: '["basic", ...more]',
    arms: "(options) => armsOf(options)",
    options: '{ wide: { type: "boolean", summary: "more" } }',
    conditions: "all",
  };
  const before = `const more = ["nothing"];
    const all = Object.fromEntries([["strict.seen", 7]]);
    const armsOf = (options) => options.wide === false ? [{ name: "a", socket: { ttl: 0 } }] : [];`;
  const { checked } = await check(source(members, before));
  assertEquals(checked.faults.map(({ place }) => place).toSorted(), [
    "arms.0.socket.ttl",
    "chains.1",
    "conditions.strict.seen",
  ]);
  await using published = new Published({ "/strict.ts": source(members, before) });
  const url = published.url("/strict.ts");
  const { code, out } = await published.run(["plugins", "check", url]);
  assertEquals(code, 0);
  assertMatch(out, /as far as its source says: it was not run, since it is not accepted/);
});

Deno.test("a plugin that cannot be read or loaded is reported with its line", async () => {
  const cases: Readonly<Record<string, readonly [string, number]>> = {
    "export default {\n  kind: }": ["cannot be read", 2],
    [source({}, 'const a = 1;\nthrow new Error("on purpose");')]: ["on purpose", 2],
    [source({}, '\nimport "./missing.ts";')]: ["cannot be loaded: Module not found", 2],
    "enum A { X }\n\ninterface B { a: number }\nexport default { kind: A. };": [
      "cannot be read",
      4,
    ],
  };
  for (const [text, [what, line]] of Object.entries(cases)) {
    const { code, checked, file } = await check(text);
    assertEquals([code, checked.faults.length], [1, 1], JSON.stringify(checked));
    assert(checked.faults[0]!.text.includes(what), checked.faults[0]!.text);
    // The path stands before the line, and is not said again
    assert(!checked.faults[0]!.text.startsWith(file), checked.faults[0]!.text);
    assertEquals(checked.faults[0]!.line, line, text);
  }
  const none = await check("export const a = 1;");
  assertMatch(said(none.checked).join(), /no default export/);
});

Deno.test("what is neither a spider nor a chain has faults, and is no fault of the program", async () => {
  const { code, checked } = await check(
    'export default { kind: "spider", name: "a", fields: {} };',
  );
  assertEquals(code, 1);
  assert(said(checked).includes("connect is missing"), said(checked).join());
});

Deno.test("in a folder of plugins a plugin must be called as its file is, by its path it need not", async () => {
  await using published = new Published({});
  const path = published.put("config/spider/plugins/other.ts", source());
  const inFolder = await published.run(["plugins", "check", "other"]);
  assertEquals(inFolder.code, 1);
  assertMatch(
    inFolder.out,
    /other.ts:\d+: name is "strict", and in a folder of plugins it must be/,
  );
  for (const args of [["plugins", "check", path], ["plugins", "info", path]]) {
    const { code, out } = await published.run(args);
    assertEquals([code, /calls itself|broken/.test(out)], [0, false], out);
  }
});

Deno.test("a file that imports what is not there is told from a fault of the program", async () => {
  await using published = new Published({});
  const path = published.put("strict.ts", source({}, 'import "./missing.ts";'));
  const { code, out, err } = await published.run(["plugins", "info", path]);
  assertEquals([code, err], [0, ""]);
  assertMatch(out, /published: cannot run from a URL: file:\S+missing.ts cannot be read: /);
});

Deno.test("lines are those of the source, also where types had to be written anew", async () => {
  const text = source(
    { version: '"one"' },
    "enum Long {\n  A,\n  B,\n}\ninterface None {\n  a: 1;\n}\n",
  );
  const { checked } = await check(text);
  const line = text.split("\n").findIndex((line) => line.includes("version:")) + 1;
  assertEquals(checked.faults.map((fault) => fault.line), [line]);
});

Deno.test("the text has a line a fault, of several plugins", async () => {
  await using published = new Published({});
  const wrong = published.put("wrong.ts", source({ version: '"one"', summary: '""' }));
  const right = published.put("right.ts", source());
  const { code, out } = await published.run(["plugins", "check", wrong, right]);
  assertEquals(code, 1);
  assertEquals(out.split("\n"), [
    `${wrong}:5: version must be a semantic version, such as 1.0.0`,
    `${wrong}:7: summary must be a line of text`,
    `${wrong}: 2 faults`,
    `${right}: spider strict is as it must be`,
    "",
  ]);
});

Deno.test("chains, and options that the command has itself, are checked too", async () => {
  const chain = await check(`export default {
    kind: "chain",
    name: "ecn",
    fields: {
      Bad: { type: "integer", summary: "x", initial: 0 },
      pkt_fwd: { type: "integer", summary: "x", initial: 0 },
      c: { type: "integer?", summary: "", initial: null },
      d: { type: "integer", summary: "x", initial: null },
    },
    async tcp() {},
    tpc() {},
  };`);
  assertEquals(chain.checked.kind, "chain");
  assertEquals(chain.checked.faults.map(({ place, line }) => [place, line]), [
    ["name", 3],
    ["fields.Bad", 5],
    ["fields.pkt_fwd", 6],
    ["fields.c", 7],
    ["fields.d", 8],
    ["tcp", 10],
    ["tpc", 11],
  ]);
  const option = '{ workers: { type: "integer", summary: "x" } }';
  const { checked } = await check(source({ options: option }));
  assertMatch(said(checked).join(), /options are invalid: .*--workers/);
});

Deno.test("what ships with the program is as it must be", async () => {
  await using published = new Published({});
  const { code, out } = await published.run(["plugins", "check", ...spiderNames(), "--json"]);
  const faults = (JSON.parse(out) as Checked[]).flatMap(({ faults }) => faults);
  assertEquals([code, faults], [0, []]);
});

Deno.test("the list says why a chain cannot be used", async () => {
  await using published = new Published({});
  published.put(
    "config/spider/plugins/odd.ts",
    'export default { kind: "chain", name: "odd", version: "one", fields: {}, tcp() {} };',
  );
  published.put(
    "config/spider/plugins/robot.ts",
    'export default { kind: "robot", name: "robot" };',
  );
  const { out } = await published.run(["plugins", "list"]);
  assertMatch(out, /^odd .*broken: its version must be a semantic version/m);
  assertMatch(out, /^robot .*broken: its kind is "robot", and there is spider, chain/m);
});
