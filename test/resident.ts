import { fileURLToPath } from "node:url";
import type { InProcessOptions } from "./in_process.ts";
import { BINARY, type ProgramRun, type RunOptions, spider } from "./spider.ts";

const MAIN = fileURLToPath(new URL("resident_main.ts", import.meta.url));

/** A command line that is to be run, with what it finds in its process. */
export interface ResidentTask {
  readonly args: readonly string[];
  readonly input: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Runs command lines of the program where a process has to be for it, as in a namespace, without the
 * start of a process for each: those that have ended one run do the next one, as `inProcess` does.
 * Runs at the same time have a process each. Where a binary is to be tested in place of the source,
 * it is started for each run.
 */
export class Residents implements AsyncDisposable {
  readonly #within: NonNullable<RunOptions["within"]>;
  readonly #all = new Set<Resident>();
  readonly #idle: Resident[] = [];

  /** @param within puts a command line where it has to be, as `TargetLab.exec` does */
  constructor(within: NonNullable<RunOptions["within"]>) {
    this.#within = within;
  }

  /**
   * Runs a command line to its end.
   *
   * @throws {Error} when the process ends before its run has ended
   */
  async run(
    args: readonly string[],
    { input = "", env = {} }: InProcessOptions = {},
  ): Promise<ProgramRun> {
    if (BINARY !== null) {
      const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
      return await spider(args, {
        input,
        within: (line) => this.#within(["env", ...variables, ...line]),
      });
    }
    const resident = this.#idle.pop() ?? this.#start();
    const ended = await resident.run({ args, input, env: { ...Deno.env.toObject(), ...env } });
    if (ended === null) {
      this.#all.delete(resident);
      throw new Error(`${await resident.end()}: ${args.join(" ")}`);
    }
    this.#idle.push(resident);
    return ended;
  }

  /** Ends all processes; runs that are under way are killed. */
  async close(): Promise<void> {
    for (const one of this.#all) if (!this.#idle.includes(one)) await one.kill();
    for (const one of this.#idle.splice(0)) await one.close();
    this.#all.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #start(): Resident {
    const resident = new Resident(
      this.#within([Deno.execPath(), "run", "--no-check", "-A", MAIN]),
    );
    this.#all.add(resident);
    return resident;
  }
}

/** One process. */
class Resident {
  readonly #child: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;
  readonly #stdout: ReadableStreamDefaultReader<string>;
  readonly #stderr: Promise<string>;
  #left = "";

  constructor([program = "", ...args]: readonly string[]) {
    this.#child = new Deno.Command(program, {
      args,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#stdin = this.#child.stdin.getWriter();
    this.#stdout = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    this.#stderr = new Response(this.#child.stderr).text();
  }

  /** Null when the process ended before. */
  async run(task: ResidentTask): Promise<ProgramRun | null> {
    // It may have ended
    await this.#stdin.write(new TextEncoder().encode(`${JSON.stringify(task)}\n`)).catch(() => {});
    const parts = [this.#left];
    for (;;) {
      const { value, done } = await this.#stdout.read();
      if (done) return null;
      const end = value.indexOf("\n");
      parts.push(end < 0 ? value : value.slice(0, end));
      if (end < 0) continue;
      this.#left = value.slice(end + 1);
      return JSON.parse(parts.join(""));
    }
  }

  /** Ends it while a run is under way, which then ends with null. */
  async kill(): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has ended
    }
    await this.#child.status;
  }

  /** Waits for its end, and tells of it. */
  async end(): Promise<string> {
    await this.#stdin.abort().catch(() => {}); // it has ended
    const [{ code }, said] = await Promise.all([this.#child.status, this.#stderr]);
    return `the process ended with ${code}, and said ${JSON.stringify(said)}`;
  }

  /** Ends it while it has nothing to do. */
  async close(): Promise<void> {
    await this.#stdin.close();
    while (!(await this.#stdout.read()).done);
    await this.end();
  }
}
