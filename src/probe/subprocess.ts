import { ProcessError } from "./errors.ts";

/** Callbacks for a subprocess. */
export interface SubprocessHandler {
  /** It wrote something. */
  wrote(octets: Uint8Array): void;
  /**
   * It has ended, or its pipes are closed; called once, after all that it wrote.
   *
   * @param crash the signal of a crash, such as `SIGSEGV`; null for any other end
   */
  ended(error: ProcessError, crash: string | null): void;
}

/** How much of its standard error is kept, in characters. */
const SAID = 1000;
/** How long to read the rest of its output after its end, in milliseconds. */
const PATIENCE = 1000;

/** Signals of a crash, and their numbers (signal(7)). */
const CRASHES = { SIGILL: 4, SIGABRT: 6, SIGBUS: 7, SIGFPE: 8, SIGSEGV: 11 } as const;

/** What standard error says without the privilege; this text is the same in every language. */
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
   * @throws {ProcessError} when it cannot be started
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
        // Not reached by Ctrl-C, after which more probes may be needed
        detached: true,
      }).spawn();
    } catch (error) {
      throw new ProcessError(cannotStart(program, error), { cause: error });
    }
    this.#stdin = this.#child.stdin.getWriter();
    this.#stdout = this.#child.stdout.getReader();
    this.#stderr = this.#child.stderr.getReader();
    // A failed write is reported by the end of the process
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
      // It no longer reads, so it is useless: its exit gives the reason
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
    // It has closed its output, so it is useless
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

/** A shell reports the signal that ended its command by its own status. */
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
