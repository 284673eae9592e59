import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { inProcess } from "../in_process.ts";
import { BINARY, start } from "../spider.ts";
import { hashOfModules } from "../wasm/hash_of_modules.ts";

const main = new URL("../../src/main.ts", import.meta.url).pathname;

Deno.test("spider alone, --help and help print the same", async () => {
  const plain = await inProcess([]);
  assertEquals([plain.code, plain.err], [0, ""]);
  assertStringIncludes(plain.out, "measure");
  for (const args of [["--help"], ["-h"], ["help"], ["help", "--help"]]) {
    assertEquals(await inProcess(args), plain);
  }
});

Deno.test("help of a command and of a spider, in each way to ask", async () => {
  const command = await inProcess(["help", "measure"]);
  assertEquals(command.code, 0);
  assertEquals(await inProcess(["measure", "--help"]), command);
  const ecn = await inProcess(["measure", "ecn", "--help"]);
  assertStringIncludes(ecn.out, "ecn.connectivity.broken");
  assertEquals(await inProcess(["help", "measure", "ecn"]), ecn);
  assertEquals(await inProcess(["--plugin", "ecn", "--help"]), ecn);
  assertEquals(await inProcess(["-v", "--plugin=ecn", "--help"]), ecn);
});

Deno.test("--version says version, Deno, kind of build and the wasm modules' hash", async () => {
  const wasm = await hashOfModules();
  const { code, out } = await inProcess(["--version"]);
  const build = BINARY === null ? "source" : "(compiled|self-extracting)";
  const lines = [
    `spider ${config.version}`,
    `deno ${Deno.version.deno}`,
    `build ${build}, ${Deno.build.arch} linux`,
    `wasm ${wasm}`,
  ];
  assertEquals(code, 0);
  assertMatch(out, new RegExp(`^${lines.join("\n")}\n$`));
  const { version, deno, wasm: hash } = JSON.parse((await inProcess(["--version", "--json"])).out);
  assertEquals([version, deno, hash], [config.version, Deno.version.deno, wasm]);
});

Deno.test("a wrong command line is one line on standard error and status 2", async () => {
  const cases: [string[], string][] = [
    [["mesure"], "unknown command mesure; did you mean measure?"],
    [["frobnicate"], "unknown command frobnicate; see spider --help"],
    [["--verson"], "unknown option --verson; did you mean --version?"],
    [["--plugin"], "--plugin needs a spider's name, file or URL; see spider measure --help"],
    [["ecn"], "ecn is a spider, not a command: spider measure ecn"],
    [
      ["measure", "ecn", "--calibrate", "--output", "x"],
      "--calibrate writes no results: leave out --output",
    ],
    [
      ["measure", "ecn", "--calibrate", "--resume"],
      "--calibrate writes no results: leave out --resume",
    ],
    [["--plugin", "enc"], "unknown spider enc; did you mean ecn?"],
    [
      ["measure", "ecn", "--output-flow"],
      "unknown option --output-flow; did you mean --output-flows?",
    ],
  ];
  for (const [args, message] of cases) {
    assertEquals(await inProcess(args), { code: 2, out: "", err: `spider: ${message}\n` });
  }
});

Deno.test("a reader that goes away ends it quietly", async () => {
  const child = start(["--help"]);
  await child.stdin.close();
  await child.stdout.cancel();
  const err = await new Response(child.stderr).text();
  assertEquals([(await child.status).code, err], [0, ""]);
});

Deno.test("help loads neither the checks nor the engine", async () => {
  const info = new Deno.Command(Deno.execPath(), { args: ["info", "--json", main] });
  const { modules } = JSON.parse(new TextDecoder().decode((await info.output()).stdout));
  const dynamic = new Set<string>();
  const loaded = new Set<string>();
  const queue = [new URL(`file://${main}`).href];
  while (queue.length > 0) {
    const specifier = queue.pop()!;
    if (loaded.has(specifier)) continue;
    loaded.add(specifier);
    const module = modules.find((m: { specifier: string }) => m.specifier === specifier);
    for (const { code, isDynamic } of module?.dependencies ?? []) {
      if (code?.specifier === undefined) continue;
      // Help loads all declarations of commands, and what is named its own
      const isDeclaration = /\/cli\/commands\/[a-z]+\/command\.ts$/.test(code.specifier);
      if (isDynamic) dynamic.add(code.specifier);
      if (!isDynamic || isDeclaration) queue.push(code.specifier);
    }
  }
  assert([...loaded].some((name) => name.endsWith("/cli/dispatch.ts")));
  for (const name of loaded) {
    // The arms of a spider are part of its help, and only data
    if (name.endsWith("/measure/arms.ts")) continue;
    assert(!/npm:|src\/(measure|observe|plugin|connect)\//.test(name), name);
  }
  for (const file of ["command", "run"]) {
    assert([...dynamic].some((name) => name.endsWith(`/commands/measure/${file}.ts`)), file);
  }
});
