import { ProcessError } from "./errors.ts";

/** Who is told of what a subprocess does. */
export interface SubprocessHandler {
  /** It wrote something. */
  wrote(octets: Uint8Array): void;
  /**
   * It has ended, or can no longer be spoken to; told once, after all that it wrote.
   *
   * @param crash the signal of a fault of its own that ended it, such as `SIGSEGV`; null for any other end
   */
  ended(error: ProcessError, crash: string | null): void;
}

/** How much of what it says on standard error is kept, in characters. */
const SAID = 1000;
/** How long the rest of its output may take after its end, in milliseconds. */
const PATIENCE = 1000;

/** Signals that a program gets for faults of its own, and their numbers (signal(7)). */
const CRASHES = { SIGILL: 4, SIGABRT: 6, SIGBUS: 7, SIGFPE: 8, SIGSEGV: 11 } as const;

/** Advice by what is said on standard error; these words are the same in every language. */
const NOT_PERMITTED = /not permitted|permission denied/i;

/** A program that reads commands and writes replies. */
export class Subprocess {
  readonly #name: string;
  readonly #handler: SubprocessHandler;
  readonly #child: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #stdout: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  readonly #stderr: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  readonly #encoder = new TextEncoder();
  readonly #finished: Promise<void>;
  #unwritten = "";
  #writing = false;
  #said = "";
  #closed = false;

  /**
   * Starts a program.
   *
   * @throws {ProcessError} when that cannot be done
   */
  constructor(command: readonly string[], handler: SubprocessHandler) {
    const [program = "", ...args] = command;
    this.#name = program;
    this.#handler = handler;
    try {
      this.#child = new Deno.Command(program, {
        args,
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
        // Out of reach of Ctrl-C, after which there may be more to ask
        detached: true,
      }).spawn();
    } catch (error) {
      throw new ProcessError(cannotStart(program, error), { cause: error });
    }
    this.#stdin = this.#child.stdin.getWriter();
    this.#stdout = this.#child.stdout.getReader();
    this.#stderr = this.#child.stderr.getReader();
    // What fails to be written is told by the end of the process
    this.#stdin.closed.catch(() => {});
    this.#finished = this.#watch();
  }

  /** Writes text, in one go with what else is waiting. */
  write(text: string): void {
    this.#unwritten += text;
    if (!this.#writing) this.#flush();
  }

  /** Ends the program if it still runs, and waits until all of it is gone. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#kill();
    await this.#finished;
  }

  async #flush(): Promise<void> {
    this.#writing = true;
    try {
      while (this.#unwritten !== "") {
        const octets = this.#encoder.encode(this.#unwritten);
        this.#unwritten = "";
        await this.#stdin.write(octets);
      }
    } catch {
      // It reads no more, so it is of no use: its end says why
      this.#kill();
    }
    this.#writing = false;
  }

  async #watch(): Promise<void> {
    const read = this.#read();
    const listened = this.#listen();
    const { code, signal } = await this.#child.status;
    // A process that it started may hold its output open
    const timer = setTimeout(() => this.#cancel(), this.#closed ? 0 : PATIENCE);
    await Promise.all([read, listened]);
    clearTimeout(timer);
    await this.#stdin.abort().catch(() => {});
    const how = signal === null ? `ended with status ${code}` : `was ended by ${signal}`;
    if (!this.#closed) this.#handler.ended(new ProcessError(this.#why(how)), crashOf(code, signal));
  }

  async #read(): Promise<void> {
    for (;;) {
      const { value, done } = await this.#stdout.read();
      if (done) break;
      if (!this.#closed) this.#handler.wrote(value);
    }
    // Without a voice it is of no use
    if (!this.#closed) this.#kill("SIGTERM");
  }

  async #listen(): Promise<void> {
    const decoder = new TextDecoder();
    for (;;) {
      const { value, done } = await this.#stderr.read();
      if (done) return;
      this.#said = (this.#said + decoder.decode(value, { stream: true })).slice(-SAID);
    }
  }

  #cancel(): void {
    this.#stdout.cancel();
    this.#stderr.cancel();
  }

  #kill(signal: Deno.Signal = "SIGKILL"): void {
    try {
      this.#child.kill(signal);
    } catch (error) {
      // It has ended by itself
      if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  #why(how: string): string {
    const said = this.#said.trim().split("\n").at(-1)!.replace(/\.$/, "");
    const advice = NOT_PERMITTED.test(said) ? "run spider as root" : "see that it is mtr-packet";
    return `${this.#name} ${how}${said === "" ? "" : ` and said \`${said}\``}: ${advice}`;
  }
}

/** A shell tells of the signal that ended what it ran by its own status. */
function crashOf(code: number, signal: Deno.Signal | null): string | null {
  return Object.entries(CRASHES).find(([name, number]) =>
    signal === null ? code === 128 + number : signal === name
  )?.[0] ?? null;
}

function cannotStart(program: string, error: unknown): string {
  const otherwise = "or name another program with MTR_PACKET";
  if (error instanceof Deno.errors.NotFound) {
    return `${program} is not installed: install mtr-tiny (Debian), ${otherwise}`;
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return `${program} may not be run: make it executable, ${otherwise}`;
  }
  const why = error instanceof Error ? error.message : String(error);
  return `cannot run ${program}: ${why}: install mtr-tiny (Debian), ${otherwise}`;
}
