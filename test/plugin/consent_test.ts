import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { commandLine } from "../spider.ts";
import { Published, source } from "./published.ts";

/** Runs the program on a terminal at which `typed` is typed; what the terminal showed. */
async function onTerminal(published: Published, args: readonly string[], typed: string) {
  const line = commandLine(args, (line) => [
    "env",
    `XDG_CONFIG_HOME=${published.at("config")}`,
    `XDG_DATA_HOME=${published.at("data")}`,
    ...line,
  ]);
  const quoted = line.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  const child = new Deno.Command("script", {
    args: ["-qec", quoted, "/dev/null"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(typed));
  await writer.close();
  const { code, stdout } = await child.output();
  return { code, shown: new TextDecoder().decode(stdout) };
}

Deno.test("a terminal is asked, and only yes is yes", async () => {
  await using published = new Published({ "/strict.ts": source() });
  const args = ["plugins", "add", published.url("/strict.ts")];
  for (const typed of ["n\n", "\n", "yesterday\n"]) {
    const { code, shown } = await onTerminal(published, args, typed);
    assertEquals(code, 1, shown);
    assertMatch(shown, /Trust it, and run it from now on\? \[y\/N\]/);
    assertStringIncludes(shown, "so nothing of it was run");
    assertEquals(published.lock, "");
  }
  const { code, shown } = await onTerminal(published, args, "y\n");
  assertEquals(code, 0, shown);
  assert(published.lock.includes("/strict.ts"));
});

Deno.test("runs that accept plugins at the same time lose none of them", async () => {
  const names = ["a", "b", "c", "d", "e", "f"];
  await using published = new Published(
    Object.fromEntries(names.map((name) => [`/${name}.ts`, source({ name: `"${name}"` })])),
  );
  const ended = await Promise.all(
    names.map((name) =>
      published.spawn(["plugins", "add", published.url(`/${name}.ts`), "--trust"])
    ),
  );
  for (const { code, err } of ended) assertEquals(code, 0, err);
  assertEquals(
    Object.keys(JSON.parse(published.lock).plugins),
    names.map((name) => published.url(`/${name}.ts`)),
  );
});

Deno.test("a lock file that came with a folder cannot allow anything", async () => {
  await using published = new Published({ "/strict.ts": source() });
  const url = published.url("/strict.ts");
  const lock = published.at("spider.lock.json");
  const added = await published.run(["plugins", "add", url, "--allow", "--trust", "--lock", lock]);
  assertEquals(added.code, 0, added.err);
  const within = (line: readonly string[]) => ["env", "-C", published.at("."), ...line];
  const implied = await published.spawn(["measure", url, "--help"], { within });
  assertEquals(implied.code, 1);
  assertMatch(implied.err, /allowed to do anything by the spider\.lock\.json of this folder/);
  const named = await published.spawn(["measure", url, "--help", "--lock", "spider.lock.json"], {
    within,
  });
  assertEquals(named.code, 0, named.err);
});

Deno.test("a user without a home has the spiders that ship with the program", async () => {
  const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "-A", main, "measure", "ecn", "--help"],
    clearEnv: true,
    env: { DENO_DIR: Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno` },
    stdout: "null",
    stderr: "null",
  }).output();
  assertEquals(code, 0);
});
