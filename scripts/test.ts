/**
 * Runs all tests, or those of the paths that are given, and ends with a line `N passed, N failed`.
 * `--changed [COMMIT]` runs those that changes since a commit can touch, `HEAD` where none is named;
 * `--seed N` repeats an order. `--binary` runs the tests of the program in one file, which is the one
 * that the variable SPIDER names, or dist/spider.
 */
import { fileURLToPath } from "node:url";
// @ts-types="../src/types/parse_args.d.ts"
import { parseArgs } from "@std/cli/parse-args";
import { isFile } from "../src/host/file_kind.ts";
import { random } from "../test/data/random.ts";
import {
  allImports,
  binaryTestFiles,
  changedSince,
  longTestFiles,
  testFiles,
  testFilesAt,
  touchedBy,
  waits,
} from "./test/files.ts";
import { type FileRun, runLane } from "./test/lanes.ts";
import { slowest, summary } from "./test/summary.ts";

const BINARY = "dist/spider";

/** Processes for tests that mostly wait and need little CPU. */
const WAITING = 4;
/** Processes for tests that compute, as long as there are any. */
const COMPUTING = 1;
/** How many computing and waiting files share a process at most, since one takes a while to start. */
const COMPUTING_TOGETHER = 40;
const WAITING_TOGETHER = 10;
/** Time limit of a file, in seconds. */
const LIMIT = 600;

const given = parseArgs(Deno.args, { boolean: ["binary", "changed"], string: ["seed"] });
const paths = given._.map(String);
const seed = Number(given.seed ?? Math.floor(Math.random() * 2 ** 32));
const imports = allImports();

const files = given.binary
  ? binaryTestFiles()
  : given.changed
  ? touchedBy(changedSince(paths[0] ?? "HEAD"), imports)
  : paths.length > 0
  ? testFilesAt(paths)
  : testFiles();
const program = Deno.env.get("SPIDER") || BINARY;
if (given.binary && !isFile(program)) {
  console.error(`There is no ${program}: make it with \`deno task compile\``);
  Deno.exit(1);
}
console.log(`${files.length} files with tests, in the order of --seed ${seed}`);

// Once for all processes; it computes, and so takes the place of the first of those that do
const checking = new Deno.Command(Deno.execPath(), {
  args: ["check", "--quiet", ...files],
  stdin: "null",
}).spawn();

/** Where the binary may unpack itself for the tests; removed afterwards. */
const cache = given.binary ? Deno.makeTempDirSync({ prefix: "spider-binary-" }) : null;
const env: Record<string, string> = cache === null
  ? { SPIDER: "" }
  : { SPIDER: program, XDG_CACHE_HOME: `${cache}/cache`, DENO_DIR: denoDirectory() };

const began = performance.now();
const runs: FileRun[] = [];
const options = {
  seed,
  env,
  limit: LIMIT,
  ended: (run: FileRun) => {
    runs.push(run);
    console.log(run.output.trimEnd());
  },
};
const order = shuffled(files, seed);
const isWaiting = waits(imports);
const pathsOf = (hrefs: readonly string[]) => hrefs.map((href) => fileURLToPath(href));
const long = longTestFiles();
const isLong = (href: string) => long.includes(href);
const [slow, others] = [order.filter(isLong), order.filter((href) => !isLong(href))];
/** Batches of some files, of which late ones are small, so that all lanes end at about the same time. */
function* together(hrefs: readonly string[], size: number, lanes: number) {
  for (let at = 0, count = 0; at < hrefs.length; at += count) {
    count = Math.min(size, Math.ceil((hrefs.length - at) / (2 * lanes)));
    yield pathsOf(hrefs.slice(at, at + count));
  }
}
const waiting = function* () {
  for (const href of slow) yield pathsOf([href]);
  yield* together(others.filter(isWaiting), WAITING_TOGETHER, WAITING);
}();
const computing = together(
  others.filter((href) => !isWaiting(href)),
  COMPUTING_TOGETHER,
  COMPUTING,
);
/** Batches of one sort, and then what is left of the other: no processor is idle while there is any. */
function* thenOf(first: Iterable<string[]>, second: Iterable<string[]>) {
  yield* first;
  yield* second;
}
const compute = async () => {
  const { success } = await checking.status;
  await runLane(thenOf(computing, waiting), COMPUTING, options);
  return success;
};
const [hasRightTypes] = await Promise.all([
  compute(),
  runLane(thenOf(waiting, computing), WAITING, options),
]);
if (cache !== null) Deno.removeSync(cache, { recursive: true });

console.log(slowest(runs));
const seconds = Math.round((performance.now() - began) / 1000);
console.log(`${seconds} s, --seed ${seed}`);
const { line, ok } = summary(runs);
if (!hasRightTypes) console.log("failed: the check of types, above");
console.log(line);
Deno.exit(ok && hasRightTypes ? 0 : 1);

/** Deno's own cache, which is to stay where it is. */
function denoDirectory(): string {
  const { stdout } = new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).outputSync();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}

/** Shuffles, in the same order for the same seed (Fisher and Yates). */
function shuffled<T>(things: readonly T[], seed: number): T[] {
  const below = random(seed);
  const order = [...things];
  for (let last = order.length - 1; last > 0; last--) {
    const other = below(last + 1);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
