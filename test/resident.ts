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
  readonly #all: Resident[] = [];
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
    this.#idle.push(resident);
    return ended;
  }

  /** Ends all processes; runs that are under way are killed. */
  async close(): Promise<void> {
    const idle = this.#idle.splice(0);
    await Promise.all(this.#all.splice(0).map((one) => one.close(!idle.includes(one))));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #start(): Resident {
    const resident = new Resident(
      this.#within([Deno.execPath(), "run", "--no-check", "-A", MAIN]),
    );
    this.#all.push(resident);
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

  async run(task: ResidentTask): Promise<ProgramRun> {
    // It may have ended: then the reason is on its standard error
    await this.#stdin.write(new TextEncoder().encode(`${JSON.stringify(task)}\n`)).catch(() => {});
    const parts = [this.#left];
    for (;;) {
      const { value, done } = await this.#stdout.read();
      if (done) {
        const { code } = await this.#child.status;
        throw new Error(`the process ended with ${code}: ${task.args}\n${await this.#stderr}`);
      }
      const end = value.indexOf("\n");
      parts.push(end < 0 ? value : value.slice(0, end));
      if (end < 0) continue;
      this.#left = value.slice(end + 1);
      return JSON.parse(parts.join(""));
    }
  }

  async close(kill: boolean): Promise<void> {
    if (kill) this.#child.kill("SIGKILL");
    await this.#stdin.close().catch(() => {}); // it may have ended
    while (!(await this.#stdout.read()).done);
    await this.#child.status;
    await this.#stderr;
  }
}
