/** Test files, what they import, and which of them a change can touch. */
import { fileURLToPath } from "node:url";
import { type Imports, importsOf, ROOT, sourcesIn } from "../imports.ts";

const TESTS = new URL("test/", ROOT);
/** Starts the program in a process of its own, which imports all of it. */
const RUNNER = new URL("test/spider.ts", ROOT).href;
const PROGRAM = new URL("src/main.ts", ROOT).href;
/** Tests of the program in one file, which need that file. */
const OF_THE_FILE = new URL("binary/", TESTS).href;
/** Files that take longest. */
const LONG = [
  "measure/evidence/order_of_arms_test.ts",
  "measure/all_spiders_test.ts",
  "measure/system_test.ts",
  "measure/verdicts_test.ts",
  "measure/evidence/clean_targets_test.ts",
  "lab/experiment/matrix_test.ts",
  "measure/routing_test.ts",
  "measure/repeat_test.ts",
  "measure/chance_test.ts",
  "measure/route_changes_test.ts",
  "probe/localise/hardships_test.ts",
  "probe/localise/each_router_test.ts",
  "cli/tutorial_test.ts",
  "lab/chance_test.ts",
  "lab/environment/execution_test.ts",
  "lab/experiment/run_test.ts",
  "plugin/sandbox/chain_test.ts",
  "plugin/bad_input_test.ts",
  "plugin/lab_test.ts",
];
/** What tests import that change the system, most of which wait for the network. */
const NETWORK = new URL("lab/root.ts", TESTS).href;

/** Every test file except those of the program in one file. */
export function testFiles(): string[] {
  return sourcesIn("test/").filter(isTest).filter((href) => !href.startsWith(OF_THE_FILE));
}

/** The tests of the program in one file. */
export function binaryTestFiles(): string[] {
  return sourcesIn("test/binary/").filter(isTest);
}

/**
 * The test files that run alone in their process, and are begun first: late ones would run on when all
 * others have ended.
 */
export function longTestFiles(): string[] {
  return LONG.map((path) => new URL(path, TESTS).href);
}

/** The test files that paths name: files and folders. */
export function testFilesAt(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const url = new URL(path, `file://${Deno.cwd()}/`);
    if (Deno.statSync(url).isFile) return [url.href];
    return sourcesIn(`${url.href.replace(/\/$/, "")}/`).filter(isTest);
  });
}

/** Whether a test works on networks in namespaces, and so waits more than it computes. */
export function waits(imports: Imports): (file: string) => boolean {
  const all = reaching([NETWORK], imports);
  return (file) => all.has(file);
}

/** The test files that changed files can touch. What is not imported by name touches all tests. */
export function touchedBy(changed: readonly string[], imports: Imports): string[] {
  const hrefs = changed.map((path) => new URL(path, ROOT).href);
  const known = hrefs.filter((href) => imports.has(href));
  if (known.length < hrefs.length) return testFiles();
  const touched = reaching(known, imports);
  return testFiles().filter((file) => touched.has(file));
}

/** What each source file of the project imports; tests that run the program, all of it. */
export function allImports(): Imports {
  const files = sourcesIn("src/", "plugins/", "scripts/", "test/");
  const imports = new Map(importsOf(files));
  // Plugins that ship with the program are found by their names
  const plugins = files.filter((href) => href.startsWith(new URL("plugins/", ROOT).href));
  imports.set(RUNNER, [...imports.get(RUNNER) ?? [], PROGRAM, ...plugins]);
  return imports;
}

/** Files that changed against a commit, as git names them, new ones too. */
export function changedSince(commit: string): string[] {
  const git = (...args: string[]) => {
    const { stdout, stderr, success } = new Deno.Command("git", {
      args,
      cwd: fileURLToPath(ROOT),
    }).outputSync();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout).split("\n").filter(Boolean);
  };
  return [
    ...git("diff", "--name-only", commit),
    ...git("ls-files", "--others", "--exclude-standard"),
  ];
}

/** Those files that import one of some files, by whatever way, and these themselves. */
function reaching(files: readonly string[], imports: Imports): ReadonlySet<string> {
  const reached = new Set(files);
  for (let before = -1; before < reached.size;) {
    before = reached.size;
    for (const [file, from] of imports) {
      if (from.some((href) => reached.has(href))) reached.add(file);
    }
  }
  return reached;
}

function isTest(href: string): boolean {
  return href.endsWith("_test.ts");
}
