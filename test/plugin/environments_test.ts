import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { bundledNames } from "../../src/plugin/bundled.ts";
import { loadTrusted } from "../../src/plugin/trusted.ts";
import { Published } from "./published.ts";

/** An environment as a module. */
function source(members: string, name = "mine"): string {
  return `export default { kind: "environment", name: "${name}", version: "1.0.0", api: "^1",
  summary: "an environment of a test", ${members} };\n`;
}

const WRAPPER = `type: "execution", program: "nice", package: "coreutils",
  wrap: ({ words, variables }, folder) => ({ words: ["nice", "-n", folder, ...words], variables })`;

Deno.test("environments that ship with the program are listed, shown, right and loaded", async () => {
  await using published = new Published({});
  const names = bundledNames("environment");
  const { out } = await published.run(["plugins", "list", "--json"]);
  const listed = JSON.parse(out).filter(({ kind }: { kind: string }) => kind === "environment");
  assertEquals(listed.map(({ name }: { name: string }) => name), names);
  const info = JSON.parse((await published.run(["plugins", "info", "podman", "--json"])).out);
  assertEquals([info.kind, info.type, info.topology], ["environment", "network", "namespaces"]);
  const checked = await published.run(["plugins", "check", ...names]);
  assertEquals(checked.code, 0, checked.err + checked.out);
  const schema = await published.run(["plugins", "schema", "--kind", "environment"]);
  assertEquals(JSON.parse(schema.out).properties.type.enum, ["network", "execution"]);
  for (const name of names) assertEquals((await loadTrusted("environment", name))?.name, name);
  assertEquals(await loadTrusted("environment", "no-such"), undefined);
  assertEquals(await loadTrusted("environment", "nginx"), undefined);
});

Deno.test("what is wrong with an environment has its line", async () => {
  await using published = new Published({});
  const check = async (name: string, members: string) => {
    const path = published.put(`${name}.ts`, source(members, name));
    return await published.run(["plugins", "check", path]);
  };
  const network = await check("one", '\ntype: "network",\nwrap: () => 1,\nstop: "SIGKILL"');
  assertEquals(network.code, 1);
  assertMatch(network.out, /topology is missing: every environment of the type network has it/);
  assertMatch(network.out, /:4: .*wrap is no member of an environment of the type network/);
  assertMatch(network.out, /:5: .*stop must be one of SIGTERM, SIGINT, SIGQUIT/);
  const execution = await check("two", '\ntype: "execution",\nprogram: "nice",\nplace: () => 1');
  assertMatch(execution.out, /wrap is missing/);
  assertMatch(execution.out, /package is missing/);
  assertMatch(execution.out, /:5: .*place is no member of an environment of the type execution/);
  const other = await check("three", '\ntype: "both",\nvalues: 1');
  assertMatch(other.out, /:3: .*type must be one of network, execution/);
  assertMatch(other.out, /:4: .*values is no member of an environment/);
});

Deno.test("tests of an environment look at the words and the summary", async () => {
  await using published = new Published({});
  const path = published.put(
    "mine.ts",
    source(`${WRAPPER}, summarize: ({ files }) => ({ lines: files.log?.length ?? 0, more: "x" })`) +
      `export const tests = [
  { name: "right", command: ["a", "b"], words: ["nice", "/FOLDER", "a"], without: ["c"],
    files: { log: "four" }, summary: { lines: 4, more: "x" } },
  { name: "wrong", words: ["-n", "10"], without: ["server"], files: {}, summary: { lines: 1 } },
];\n`,
  );
  const { code, out } = await published.run(["plugins", "test", path]);
  assertEquals(code, 1);
  assertMatch(out, /^ok {4}right$/m);
  const said = "nice -n /FOLDER server --foreground";
  for (
    const fault of [
      `10 is none of the words ${said}`,
      `server is one of the words ${said}`,
      "the summary: lines is 0, and 1 was expected",
      "the summary: there is more, which was not expected",
    ]
  ) assertStringIncludes(out, fault);
  const network = published.put(
    "network.ts",
    source('type: "network", topology: "host"', "network") +
      'export const tests = [{ name: "a", words: ["server"] }, { name: "b", files: {} }];\n',
  );
  const played = await published.run(["plugins", "test", network]);
  assertMatch(played.out, /^ok {4}a\nFAIL {2}b\n.*sums up no files/m);
  const bad = published.put(
    "bad.ts",
    source(WRAPPER, "bad") +
      'export const tests = [{ name: "a", command: [], placing: { hosts: 1 } }];\n',
  );
  const checked = await published.run(["plugins", "check", bad]);
  assertStringIncludes(checked.out, "tests.0.command must name a program");
  assertStringIncludes(checked.out, "tests.0.placing.hosts is not known here");
});

Deno.test("an environment from a URL runs only when it was added with all rights", async () => {
  await using published = new Published({
    "/mine.ts": source(WRAPPER),
    "/strace.ts": source(WRAPPER, "strace"),
  });
  const url = published.url("/mine.ts");
  const checked = await published.run(["plugins", "check", url]);
  assertEquals(checked.code, 0, checked.out);
  const refused = await published.run(["plugins", "add", url, "--trust"]);
  assertStringIncludes(refused.err, "it has commands that run with all rights in experiments");
  const added = await published.run(["plugins", "add", url, "--trust", "--allow"]);
  assertEquals(added.code, 0, added.err);
  assertStringIncludes(added.err, "runs: nice of the package coreutils");
  assertStringIncludes(added.err, "functions: wrap");
  assertStringIncludes(
    (await published.run(["measure", url])).err,
    "is an environment, and no spider",
  );
  const borrowed = await published.run(
    ["plugins", "add", published.url("/strace.ts"), "--trust", "--allow"],
  );
  assertStringIncludes(borrowed.err, "its name strace is taken by what ships with the program");
});
