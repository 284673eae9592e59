import { readJunit, type TestCase } from "./junit.ts";

/** How test files are run. */
export interface LaneOptions {
  /** What the order of tests in a file follows from. */
  readonly seed: number;
  /** Variables of the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Time limit of a file, in seconds. */
  readonly limit: number;
  /** Called with files that have ended and all that was printed. */
  ended(run: FileRun): void;
}

/** Outcome of the files that ran in one process. */
export interface FileRun {
  readonly files: readonly string[];
  readonly output: string;
  /** Null when they did not run to their end. */
  readonly cases: readonly TestCase[] | null;
  readonly ok: boolean;
}

/**
 * Runs batches of test files, each in a process of its own, with limited concurrency.
 *
 * @param batches taken from by several lanes, where they share them
 */
export async function runLane(
  batches: Iterator<readonly string[]>,
  atOnce: number,
  options: LaneOptions,
): Promise<void> {
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (let next = batches.next(); !next.done; next = batches.next()) {
      options.ended(await runFiles(next.value, options));
    }
  }));
}

async function runFiles(
  files: readonly string[],
  { seed, env, limit }: LaneOptions,
): Promise<FileRun> {
  const report = Deno.makeTempFileSync({ suffix: ".xml" });
  // What they import is then loaded once, and not for each of them
  using together = files.length > 1 ? new Together(files) : null;
  const { signal, abort } = abortAfter(limit);
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["test", "-A", "--no-check", `--shuffle=${seed}`, `--junit-path=${report}`, "--quiet"],
      ...(together === null ? files : [together.path]),
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1", ...env },
    signal,
  }).output();
  clearTimeout(abort);
  const decoder = new TextDecoder();
  const text = Deno.readTextFileSync(report);
  Deno.removeSync(report);
  const late = signal.aborted ? `\nnot at its end after ${limit} s, and ended\n` : "";
  return {
    files,
    output: decoder.decode(stdout) + decoder.decode(stderr) + late,
    cases: text === "" ? null : casesOf(text, files),
    ok: success,
  };
}

/** A module with the tests of several files. */
class Together implements Disposable {
  readonly path = Deno.makeTempFileSync({ suffix: "_test.ts" });

  constructor(files: readonly string[]) {
    const imports = files.map((file) => `import ${JSON.stringify(`file://${file}`)};\n`);
    Deno.writeTextFileSync(this.path, imports.join(""));
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path);
  }
}

function abortAfter(seconds: number) {
  const controller = new AbortController();
  return { signal: controller.signal, abort: setTimeout(() => controller.abort(), seconds * 1000) };
}

/** The tests of a report. It names the place that declared a test, which may be a helper of its file. */
function casesOf(report: string, files: readonly string[]): readonly TestCase[] {
  const cases = readJunit(report);
  const [file] = files;
  return files.length > 1 ? cases : cases.map((one) => ({ ...one, file: file! }));
}
