import { fileURLToPath } from "node:url";
// @ts-types="../../../src/types/streams.d.ts"
import { TextLineStream } from "@std/streams";
import { type Limits, notJudged, type Verdict } from "./verdict.ts";

const JUDGING = fileURLToPath(new URL("judging.ts", import.meta.url));
const MEBIBYTE = 2 ** 20;
/** How often longer than tshark alone a capture may take, which is unpacked and observed too. */
const PATIENCE = 3;

/** What runs in one process. */
interface Running {
  readonly child: Deno.ChildProcess;
  readonly input: WritableStreamDefaultWriter<Uint8Array>;
  readonly output: ReadableStreamDefaultReader<string>;
}

/**
 * Judges captures, one after the other, in a process of its own, which is started when it is needed
 * and again after a capture that it did not survive.
 */
export class JudgeProcess implements AsyncDisposable {
  readonly #limits: Limits;
  readonly #folder = Deno.makeTempDirSync({ prefix: "spider-corpus-" });
  #running: Running | null = null;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Judges a capture; one that ends the process, or takes too long, is not judged. */
  async judge(path: string): Promise<Verdict> {
    const { child, input, output } = this.#running ??= this.#start();
    const seconds = this.#limits.seconds * PATIENCE;
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill("SIGKILL");
    }, seconds * 1000);
    try {
      // Nothing is taken by a process that has ended; what it says then tells
      await input.write(new TextEncoder().encode(`${JSON.stringify(path)}\n`)).catch(() => {});
      const { value } = await output.read();
      if (value !== undefined) return JSON.parse(value);
    } finally {
      clearTimeout(timer);
    }
    this.#running = null;
    const { code, signal } = await child.status;
    return late ? notJudged("it takes too long", `it takes longer than ${seconds} s`) : notJudged(
      "judging it ends the process",
      `the process that judges it ended with ${signal ?? `status ${code}`}`,
    );
  }

  #start(): Running {
    const heap = Math.floor(this.#limits.memory / MEBIBYTE);
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--no-check", "-A", `--v8-flags=--max-old-space-size=${heap}`],
        ...[JUDGING, JSON.stringify(this.#limits), this.#folder],
      ],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const lines = child.stdout.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream());
    return { child, input: child.stdin.getWriter(), output: lines.getReader() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#running !== null) {
      await this.#running.input.close();
      await this.#running.child.status;
    }
    Deno.removeSync(this.#folder, { recursive: true });
  }
}
