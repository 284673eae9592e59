/**
 * Runs all tests, or those of the paths that are given, and ends with a line `N passed, N failed`.
 * With `--binary` those that run the program, which is then the file that the variable SPIDER names.
 */
import { fileURLToPath } from "node:url";

const ROOT = new URL("../", import.meta.url);
const TESTS = new URL("test/", ROOT);
/** What runs the program, for all tests. */
const RUNNER = new URL("spider.ts", TESTS).href;
const BINARY = "dist/spider";

function filesIn(folder: URL): URL[] {
  return [...Deno.readDirSync(folder)].flatMap((entry) => {
    if (entry.isDirectory) return filesIn(new URL(`${entry.name}/`, folder));
    return entry.name.endsWith(".ts") ? [new URL(entry.name, folder)] : [];
  });
}

/** The tests that import what runs the program, by whatever way. */
function testsOfCommands(): string[] {
  const files = filesIn(TESTS);
  const imports = new Map(files.map((file) => {
    const found = Deno.readTextFileSync(file).matchAll(/from "(\.[^"]+)"/g);
    return [file.href, [...found].map(([, path]) => new URL(path!, file).href)];
  }));
  const runs = new Set([RUNNER]);
  for (let before = 0; before < runs.size;) {
    before = runs.size;
    for (const [file, from] of imports) if (from.some((href) => runs.has(href))) runs.add(file);
  }
  return [...runs].filter((href) => href.endsWith("_test.ts")).map((href) => fileURLToPath(href));
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Deno's own cache, which is to stay where it is. */
function denoDirectory(): string {
  const { stdout } = new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).outputSync();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}

const binary = Deno.args[0] === "--binary";
const args = binary ? [...testsOfCommands(), ...Deno.args.slice(1)] : Deno.args;
const program = Deno.env.get("SPIDER") || BINARY;
if (binary && !isThere(program)) {
  console.error(`there is no ${program}: make it with \`deno task compile\``);
  Deno.exit(1);
}
/** Where the binary may unpack itself for the tests, so that nothing of it stays. */
const cache = binary ? Deno.makeTempDirSync({ prefix: "spider-binary-" }) : null;
const child = new Deno.Command(Deno.execPath(), {
  args: ["test", "-A", ...(args.length > 0 ? args : ["test/"])],
  stdin: "null",
  stdout: "piped",
  stderr: "inherit",
  env: {
    NO_COLOR: "1",
    ...(cache === null
      ? { SPIDER: "" }
      : { SPIDER: program, XDG_CACHE_HOME: `${cache}/cache`, DENO_DIR: denoDirectory() }),
  },
}).spawn();

let tail = "";
const decoder = new TextDecoder();
for await (const chunk of child.stdout) {
  await Deno.stdout.write(chunk);
  tail = (tail + decoder.decode(chunk, { stream: true })).slice(-4096);
}
const { code } = await child.status;
if (cache !== null) Deno.removeSync(cache, { recursive: true });

const summary = [...tail.matchAll(/(\d+) passed(?: \(\d+ steps?\))? \| (\d+) failed/g)].at(-1);
if (summary === null || summary === undefined) {
  console.error("the tests did not run to their end");
  Deno.exit(code || 1);
}
const [, passed, failed] = summary;
const ignored = /\| (\d+) ignored/.exec(tail)?.[1] ?? "0";
console.log(`${passed} passed, ${failed} failed${ignored === "0" ? "" : `, ${ignored} skipped`}`);
Deno.exit(code);
