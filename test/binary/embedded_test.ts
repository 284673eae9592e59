/** What the one file brings along: its own parts, found wherever it lies and whatever surrounds it. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { PERMISSIONS } from "../../scripts/compile/permissions.ts";
import { topics } from "../../src/cli/help/topics.ts";
import { allCommands } from "../../src/cli/registry.ts";
import { spiderNames } from "../../src/plugin/spiders.ts";
import { typesFile } from "../../src/plugin/scaffold/types.ts";
import { PAGE_PATHS } from "../../src/serve/page/files.ts";
import { Folder } from "../data/temporary.ts";
import { outcome, spider, start } from "../spider.ts";
import { until } from "../until.ts";
import { hashOfModules } from "../wasm/hash_of_modules.ts";

const commands = await allCommands();

Deno.test("it says what it is: its version, how it was made, the hash of its wasm modules", async () => {
  const wasm = await hashOfModules();
  const { code, out, err } = await spider(["--version", "--json"]);
  assertEquals([code, err], [0, ""]);
  const { build, ...rest } = JSON.parse(out);
  assertMatch(build, /^(compiled|self-extracting)$/);
  assertEquals([rest.version, rest.deno, rest.wasm], [
    config.version,
    Deno.version.deno,
    wasm,
  ]);
});

Deno.test("it starts with an empty environment, anywhere, among files of other programs", async () => {
  using folder = new Folder();
  const broken = new TextEncoder().encode("{ not JSON");
  for (const name of ["deno.json", "package.json", "deno.lock"]) folder.put(name, broken);
  const cache = `XDG_CACHE_HOME=${Deno.env.get("XDG_CACHE_HOME")}`;
  const { code, out, err } = await spider(["measure", "ecn", "--help"], {
    within: (line) => ["env", "-i", "-C", folder.path, cache, ...line],
  });
  assertEquals([code, err], [0, ""]);
  assertStringIncludes(out, "ecn.connectivity.broken");
});

Deno.test("it knows every command and every spider", async () => {
  const { out } = await spider(["help"]);
  for (const { name } of commands) assertMatch(out, new RegExp(`^ +${name}\\b`, "m"));
  const { code, out: list } = await spider(["plugins", "list", "--json"]);
  assertEquals(code, 0);
  const names = JSON.parse(list).map(({ name }: { name: string }) => name);
  for (const name of spiderNames()) assertEquals(names.includes(name), true, name);
});

Deno.test("the manual lies in it", async () => {
  for (const { name } of topics) {
    const { code, out, err } = await spider(["help", name]);
    assertEquals([code, err], [0, ""], name);
    assertStringIncludes(out, "\n\n");
  }
});

Deno.test("the page of its server lies in it", async () => {
  using folder = new Folder();
  const log = folder.put("log", new Uint8Array());
  const child = start(["serve", "--port", "0", "--database", folder.at("serve.db"), "--log", log]);
  await child.stdin.close();
  let url: string | undefined;
  await until("it listens", () => {
    url = /listening on (\S+)/.exec(folder.text("log"))?.[1];
    return url !== undefined;
  });
  for (const path of PAGE_PATHS) {
    const answer = await fetch(new URL(path, url));
    const built = await Deno.readFile(
      new URL(`../../src/page/build/${fileOf(path)}`, import.meta.url),
    );
    assertEquals([answer.status, await answer.bytes()], [200, built], path);
  }
  child.kill("SIGTERM");
  const { code, err } = await outcome(child);
  assertEquals([code, err], [0, ""]);
});

function fileOf(path: string): string {
  return path.replace("/page/", "").replace(/^\/$/, "index.html");
}

Deno.test("the types for plugin authors lie in it", async () => {
  const { code, out } = await spider(["plugins", "types"]);
  assertEquals([code, out], [0, typesFile()]);
});

Deno.test("a plugin comes past its permissions by none of Deno's calls", async () => {
  assertEquals(PERMISSIONS.some((flag) => /^(--allow-all|-A|--allow-import)/.test(flag)), false);
  using folder = new Folder();
  const plugin = folder.put(
    "nosy.ts",
    new TextEncoder().encode(`
      const states = {};
      for (const [name, call] of Object.entries({
        variable: () => Deno.env.get("NOSY"),
        import: () => import("https://example.org/x.ts"),
      })) {
        try {
          states[name] = String(await call());
        } catch (error) {
          states[name] = error.constructor.name;
        }
      }
      export default {
        kind: "spider", name: "nosy", version: "1.0.0", api: "^1", connect: ["tcp"], chains: ["tcp"],
        summary: JSON.stringify(states).replaceAll('"', ""),
        arms: [{ name: "one" }, { name: "two" }], conditions: {}, conclude: () => [],
      };
    `),
  );
  const { code, out, err } = await spider(["measure", plugin, "--help"], {
    within: (line) => ["env", "NOSY=seen", ...line],
  });
  assertEquals(code, 0, err);
  assertMatch(out, /variable:NotCapable/);
  assertMatch(out, /import:\w*(Error|NotCapable)/);
});
