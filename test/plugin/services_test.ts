import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { bundledNames } from "../../src/plugin/bundled.ts";
import { Published } from "./published.ts";

/** A tester as a module. */
function source(members: string, name = "mine", more = ""): string {
  return `const port = { protocol: "http", version: "1.1", transport: "tcp", port: 80, tls: false };
export default { kind: "service", name: "${name}", version: "1.0.0", api: "^1",
  summary: "a tester of a test", type: "tester", program: "true", package: "coreutils",
  speaks: [{ protocol: "http", versions: ["1.1"], role: "client" }],
  arguments: ({ target }) => [target.address], ${members} };\n${more}`;
}

const CONDITIONS = 'conditions: { "mine.good": "it went well" }';

Deno.test("services that ship with the program are right, and tell what testers say", async () => {
  await using published = new Published({});
  const names = bundledNames("service");
  const checked = await published.run(["plugins", "check", ...names]);
  assertEquals(checked.code, 0, checked.err + checked.out);
  const protocols = await published.run(["plugins", "check", ...bundledNames("protocol")]);
  assertEquals(protocols.code, 0, protocols.err + protocols.out);
  const info = JSON.parse((await published.run(["plugins", "info", "curl", "--json"])).out);
  assertEquals([info.kind, info.type], ["service", "tester"]);
  assertEquals(
    info.conditions["curl.tls.failed"],
    "no TLS connection came about, over a TCP connection that did",
  );
});

Deno.test("what a tester lacks, and what only a tester has, has its line", async () => {
  await using published = new Published({});
  const bare = published.put("bare.ts", source("", "bare"));
  const { code, out } = await published.run(["plugins", "check", bare]);
  assertEquals(code, 1);
  assertMatch(out, /conditions is missing: every tester has it/);
  assertMatch(out, /outcome is missing: every tester has it/);
  const foreign = published.put(
    "foreign.ts",
    source('outcome: () => 1,\nconditions: { "other.good": "a" },\nfamilies: [5]', "foreign"),
  );
  const said = (await published.run(["plugins", "check", foreign])).out;
  assertMatch(said, /:6: .*conditions\.other\.good does not begin with foreign and a dot/);
  assertMatch(said, /:7: .*families\.0 must be 4 or 6/);
  const iut = published.put(
    "iut.ts",
    source(`outcome: () => 1, ${CONDITIONS}, takesTurns: true`).replace('"tester"', '"iut"'),
  );
  const wrong = (await published.run(["plugins", "check", iut])).out;
  for (const member of ["outcome", "conditions", "takesTurns"]) {
    assertStringIncludes(wrong, `${member} is no member of an implementation under test`);
  }
});

Deno.test("a test of a tester compares what comes of a run", async () => {
  await using published = new Published({});
  const target = "ports: [port], target: { name: 'a', address: '::1', family: 6, port }";
  const path = published.put(
    "mine.ts",
    source(
      `${CONDITIONS}, outcome: ({ status, files }) => {
        if (status === 3) throw new Error("no");
        return status === 2 ? { conditions: ["mine.bad"], metrics: {} }
          : status === 4 ? { conditions: [], metrics: { seconds: NaN } }
          : { conditions: ["mine.good", "mine.good"], metrics: { seconds: files.a.length } };
      }`,
      "mine",
      `export const tests = [
        { name: "right", ${target}, arguments: ["::1"], run: { files: { a: "xyz" } },
          conditions: ["mine.good"], metrics: { seconds: 3 } },
        { name: "wrong", ${target}, run: { files: { a: "x" } }, conditions: [],
          metrics: { seconds: 3 } },
        { name: "undeclared", ${target}, run: { status: 2 }, conditions: [] },
        { name: "thrown", ${target}, run: { status: 3 }, conditions: [] },
        { name: "no number", ${target}, run: { status: 4 }, conditions: [] },
      ];\n`,
    ),
  );
  const { code, out, err } = await published.run(["plugins", "test", path]);
  assertEquals(code, 1, err);
  assertMatch(out, /^ok {4}right$/m);
  for (
    const line of [
      "mine.good came out unexpectedly",
      "the metrics: seconds is 1, and 3 was expected",
      'the tester mine emitted "mine.bad", which it does not declare: add it to its conditions',
      "the service mine failed in outcome: Error: no",
      "the tester mine has a metric seconds that is NaN",
    ]
  ) assertStringIncludes(out, line);
});
