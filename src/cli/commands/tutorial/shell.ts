import { Failure } from "../../../host/failure.ts";
import { selfCommand } from "../../../host/self.ts";
import type { Streams } from "../../../host/streams.ts";
import { writeText } from "../../../result/write_whole.ts";
import { changed } from "./changed.ts";
import type { Workplace } from "./workplace.ts";

/** The outcome of a command. */
interface CommandOutcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** How a command is run. */
interface How {
  /** The status that it must end with; 0 when missing. */
  readonly status?: number;
  /** What it must write to its standard output. */
  readonly says?: RegExp;
  /** A file of the folder that is its standard input; named in what is shown. */
  readonly input?: string;
}

/**
 * Runs this program's commands in a folder, with settings of its own there, and shows each with what
 * it writes.
 */
export class Shell {
  /** What must be restored at the end, also where that must be at once. */
  readonly stack = new DisposableStack();
  readonly #place: Workplace;
  readonly #streams: Streams;
  readonly #terminal: boolean;
  readonly #signal: AbortSignal;
  #running: Deno.ChildProcess | null = null;

  /** @param signal ends what it runs or waits for */
  constructor(place: Workplace, interactive: boolean, streams: Streams, signal: AbortSignal) {
    this.#place = place;
    this.#streams = streams;
    this.#terminal = interactive && streams.stdin.isTerminal();
    this.#signal = signal;
    signal.addEventListener("abort", () => this.interrupt());
  }

  get folder(): string {
    return this.#place.path;
  }

  /** Shows a line. */
  say(text = ""): void {
    writeText(this.#streams.stdout, `${text}\n`);
  }

  /** Waits for the Enter key, when a person is there. */
  async pause(): Promise<void> {
    if (!this.#terminal) return;
    const { stdin, stderr } = this.#streams;
    writeText(stderr, "-- Enter goes on, Ctrl-C ends --");
    const one = new Uint8Array(1);
    const aborted = new Promise<null>((resolve) =>
      this.#signal.addEventListener("abort", () => resolve(null), { once: true })
    );
    while (await Promise.race([stdin.read(one), aborted]) === 1 && one[0] !== 0x0a);
    this.#signal.throwIfAborted();
  }

  /** Asks the command that runs to end: by SIGTERM, which lab exec passes on. */
  interrupt(): void {
    try {
      this.#running?.kill("SIGTERM");
    } catch (error) {
      // It has just ended by itself
      if (!(error instanceof TypeError)) throw error;
    }
  }

  /**
   * Runs `spider` with these arguments and shows what it writes, standard error first.
   *
   * @returns what it wrote to its standard output
   * @throws {Failure} when it ends with another status than it must, or does not say what it must
   */
  async spider(args: readonly string[], how: How = {}): Promise<string> {
    const words = args.map((arg) => /^[\w@%+=:,./#-]+$/.test(arg) ? arg : `'${arg}'`);
    const line = `spider ${words.join(" ")}${how.input === undefined ? "" : ` < ${how.input}`}`;
    return await this.#shown(line, selfCommand(args), how);
  }

  /**
   * Does the same with a line of a shell.
   *
   * @throws {Failure} as {@linkcode Shell.spider}
   */
  async sh(line: string, how: Pick<How, "says"> = {}): Promise<void> {
    await this.#shown(line, ["setsid", ["--wait", "sh", "-c", line]], how);
  }

  async #shown(
    line: string,
    command: ReturnType<typeof selfCommand>,
    { status = 0, says, input }: How,
  ): Promise<string> {
    this.#signal.throwIfAborted();
    this.say(`$ ${line}`);
    const text = input === undefined ? null : Deno.readFileSync(`${this.folder}/${input}`);
    const { code, out, err } = await this.#run(command, text);
    this.#signal.throwIfAborted();
    for (const text of [err, out]) if (text !== "") this.say(text.trimEnd());
    if (code !== status) {
      throw new Failure(`the tutorial ends here: ${line} ended with ${code}, not ${status}`);
    }
    if (says?.test(out) === false) {
      throw new Failure(`the tutorial ends here: ${line} did not say ${says}`);
    }
    return out;
  }

  /** Runs a command line to its end. */
  async #run(
    [program, line]: ReturnType<typeof selfCommand>,
    input: Uint8Array | null,
  ): Promise<CommandOutcome> {
    const child = new Deno.Command(program, {
      args: [...line],
      cwd: this.folder,
      env: { ...this.#place.variables, NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#running = child;
    try {
      const ended = child.output();
      const writer = child.stdin.getWriter();
      if (input !== null) await writer.write(input);
      await writer.close();
      const { code, stdout, stderr } = await ended;
      const decoder = new TextDecoder();
      return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
    } finally {
      this.#running = null;
    }
  }

  /** Shows a file of the folder. */
  show(file: string): void {
    this.say(`$ cat ${file}`);
    this.say(this.read(file).trimEnd());
  }

  /** Writes a file of the folder, and shows it. */
  put(file: string, text: string): void {
    this.write(file, text);
    this.show(file);
  }

  /** Writes a file of the folder. */
  write(file: string, text: string): void {
    Deno.writeTextFileSync(`${this.folder}/${file}`, text);
  }

  /** The text of a file of the folder. */
  read(file: string): string {
    return Deno.readTextFileSync(`${this.folder}/${file}`);
  }

  /** Puts texts in place of others in a file, and shows which lines that changes. */
  change(file: string, changes: Readonly<Record<string, string>>): void {
    const { text, lines } = changed(this.read(file), changes);
    this.say(`In ${file}:\n`);
    for (const line of lines) this.say(line);
    this.say();
    this.write(file, text);
  }
}
