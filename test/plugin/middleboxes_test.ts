import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { bundledNames } from "../../src/plugin/bundled.ts";
import { Published } from "./published.ts";

/** A middlebox as a module. */
function source(members: string, name = "mine"): string {
  return `export default { kind: "middlebox", name: "${name}", version: "1.0.0", api: "^1",
  summary: "a middlebox of a test", ${members} };\n`;
}

/** A lab with one middlebox, for commands that build nothing. */
function labWith(entry: string): string {
  return `hosts: { a: , b: }\nrouters: { r: { middleboxes: [${entry}] } }\nlinks: [[a, r], [r, b]]\n`;
}

Deno.test("middleboxes that ship with the program are listed, shown and right", async () => {
  await using published = new Published({});
  const { out } = await published.run(["plugins", "list", "--json"]);
  const listed = JSON.parse(out).filter((plugin: { kind: string }) => plugin.kind === "middlebox");
  assertEquals(listed.map((plugin: { name: string }) => plugin.name), bundledNames("middlebox"));
  const info = JSON.parse((await published.run(["plugins", "info", "mss-clamp", "--json"])).out);
  assertEquals([info.kind, info.from, info.value.default], ["middlebox", "bundled", 1400]);
  const checked = await published.run(["plugins", "check", ...bundledNames("middlebox")]);
  assertEquals(checked.code, 0, checked.err + checked.out);
});

Deno.test("what is wrong with a middlebox has its line", async () => {
  await using published = new Published({});
  const path = published.put("wrong.ts", source(`\nrules: 5,\nnarrows: ["too"],\nvalues: 1`));
  const { code, out } = await published.run(["plugins", "check", path]);
  assertEquals(code, 1);
  assertMatch(out, /:3: .*rules must be a function/);
  assertMatch(out, /:4: .*narrows\.0 must be one of to, port, direction, probability/);
  assertMatch(out, /:5: .*values is no member of a middlebox/);
  const both = published.put(
    "both.ts",
    source("rules: () => [], chains: () => []", "both"),
  );
  const found = await published.run(["plugins", "check", both]);
  assertStringIncludes(found.out, "it has rules and chains: let it have one of them");
  const beside = published.put(
    "beside.ts",
    source("rules: () => [], program: () => () => undefined", "beside"),
  );
  assertEquals((await published.run(["plugins", "check", beside])).code, 0);
  const none = published.put("none.ts", source("", "none"));
  assertStringIncludes(
    (await published.run(["plugins", "check", none])).out,
    "it has none of rules, chains, program",
  );
});

Deno.test("tests of a middlebox play packets through its program, or compare its rules", async () => {
  await using published = new Published({});
  const path = published.put(
    "mine.ts",
    source(
      'value: { type: "integer", summary: "a kind" }, program: (kind) => (packet) => packet.option(kind) === null ? undefined : "drop"',
    ) +
      `export const tests = [
  { name: "drops", value: 8, packets: "> S ts 1 0\\n> S\\n< SA", dropped: 1, flows: [{ pkt_fwd: 1 }] },
  { name: "wrong", value: 8, packets: "> S ts 1 0", flows: [{ pkt_fwd: 1 }] },
];\n`,
  );
  const { code, out } = await published.run(["plugins", "test", path]);
  assertEquals(code, 1);
  assertMatch(out, /drops/);
  assertStringIncludes(out, "0 flows came out, and 1 were expected");
  assertStringIncludes(out, "1 packets were dropped, and 0 were expected");
  const rules = published.put(
    "rules.ts",
    source("rules: ({ ip, both }) => both.map((match) => `${match} ${ip} ecn set ce`)", "rules") +
      `export const tests = [
  { name: "both ways", ip: "ip6", rules: ["TO ip6 ecn set ce", "FROM ip6 ecn set ce"] },
  { name: "wrong", rules: ["TO drop"] },
];\n`,
  );
  const compared = await published.run(["plugins", "test", rules]);
  assertEquals(compared.code, 1);
  assertStringIncludes(
    compared.out,
    'its rules are "TO ip ecn set ce", "FROM ip ecn set ce", and "TO drop" was expected',
  );
});

Deno.test("a lab takes middleboxes by file, by name from a folder, and with a value", async () => {
  await using published = new Published({});
  published.put(
    "folder/mine.ts",
    source('value: { type: "integer", summary: "n", minimum: 3 }, rules: () => []'),
  );
  const drawn = async (entry: string, ...more: string[]) => {
    const path = published.put("labs/lab.yaml", labWith(entry));
    return await published.run(["lab", "graph", path, ...more]);
  };
  const byPath = await drawn("{ middlebox: ../folder/mine.ts, value: 7 }");
  assertStringIncludes(byPath.out, ">mine:7<");
  assertStringIncludes(
    (await drawn("mine:5", "--plugin-dir", published.at("folder"))).out,
    ">mine:5<",
  );
  for (
    const [entry, problem] of [
      ["mine:5", "unknown middlebox mine"],
      ["./none.ts", "none.ts"],
      [
        "{ middlebox: ../folder/mine.ts, value: 2 }",
        "mine wants a whole number, 3 or more behind a colon: n",
      ],
      [
        "{ middlebox: 'mss-clamp:500', value: 2 }",
        "mss-clamp has a value behind its colon, and another one as value",
      ],
    ] as const
  ) {
    const { code, err } = await drawn(entry);
    assertEquals(code, 1);
    assertMatch(err, /lab\.yaml:2:\d+: /);
    assertStringIncludes(err, problem);
  }
});

Deno.test("a middlebox from a URL runs only when it was added with all rights", async () => {
  await using published = new Published({ "/box.ts": source("rules: () => []", "box") });
  const url = published.url("/box.ts");
  const lab = published.put("lab.yaml", labWith(`"${url}"`));
  const refused = await published.run(["lab", "graph", lab, "--trust"]);
  assertEquals(refused.code, 1);
  assertStringIncludes(
    refused.err,
    "it has what runs with all rights in a lab: rules, or a program",
  );
  const added = await published.run(["plugins", "add", url, "--trust", "--allow"]);
  assertEquals(added.code, 0, added.err);
  assertStringIncludes(added.err, "functions: rules");
  assertStringIncludes((await published.run(["lab", "graph", lab])).out, ">box<");
  const named = published.put("named.yaml", labWith("box"));
  assertStringIncludes((await published.run(["lab", "graph", named])).out, ">box<");
  assertEquals((await published.run(["measure", url])).code, 1);
  const taken = new Map([["/drop.ts", source("rules: () => []", "drop")]]);
  published.paths["/drop.ts"] = taken.get("/drop.ts")!;
  const borrowed = await published.run([
    "plugins",
    "add",
    published.url("/drop.ts"),
    "--trust",
    "--allow",
  ]);
  assertStringIncludes(borrowed.err, "its name drop is taken by what ships with the program");
});
