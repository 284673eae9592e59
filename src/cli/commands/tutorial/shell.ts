import { Failure } from "../../../host/failure.ts";
import { selfCommand } from "../../../host/self.ts";
import type { Streams } from "../../../host/streams.ts";
import { writeText } from "../../../result/write_whole.ts";

/** The outcome of a command. */
export interface CommandOutcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** How a command is run. */
interface How {
  /** The status that it must end with; 0 when missing. */
  readonly status?: number;
  /** A file of the folder that is its standard input; named in what is shown. */
  readonly input?: string;
  /** Puts the command line into a namespace. */
  readonly within?: (command: readonly string[]) => readonly string[];
}

/**
 * Runs this program's commands in a folder, with settings of its own there, and shows each with what
 * it writes.
 */
export class Shell {
  readonly folder: string;
  /** What must be restored at the end, however it ends. */
  readonly stack = new DisposableStack();
  readonly #streams: Streams;
  readonly #terminal: boolean;

  constructor(folder: string, interactive: boolean, streams: Streams) {
    this.folder = folder;
    this.#streams = streams;
    this.#terminal = interactive && streams.stdin.isTerminal();
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
    while (await stdin.read(one) === 1 && one[0] !== 0x0a);
  }

  /**
   * Runs `spider` with these arguments and shows what it writes, standard error first.
   *
   * @throws {Failure} when it ends with another status than it must
   */
  async spider(args: readonly string[], how: How = {}): Promise<CommandOutcome> {
    const { status = 0, input, within } = how;
    const words = args.map((arg) => /^[\w@%+=:,./#-]+$/.test(arg) ? arg : `'${arg}'`);
    this.say(`$ spider ${words.join(" ")}${input === undefined ? "" : ` < ${input}`}`);
    const [program, line] = selfCommand(args, within);
    const child = new Deno.Command(program, {
      args: [...line],
      cwd: this.folder,
      env: {
        XDG_CONFIG_HOME: `${this.folder}/.config`,
        XDG_DATA_HOME: `${this.folder}/.data`,
        NO_COLOR: "1",
        DENO_NO_UPDATE_CHECK: "1",
      },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const ended = child.output();
    const writer = child.stdin.getWriter();
    if (input !== undefined) await writer.write(Deno.readFileSync(`${this.folder}/${input}`));
    await writer.close();
    const { code, stdout, stderr } = await ended;
    const decoder = new TextDecoder();
    const ran = { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
    for (const text of [ran.err, ran.out]) if (text !== "") this.say(text.trimEnd());
    if (code === status) return ran;
    throw new Failure(
      `the tutorial ends here: spider ${args.join(" ")} ended with ${code}, not ${status}`,
    );
  }

  /** Shows a file of the folder. */
  show(file: string): void {
    this.say(`$ cat ${file}`);
    this.say(this.read(file).trimEnd());
  }

  /** Writes a file of the folder. */
  write(file: string, text: string): void {
    Deno.writeTextFileSync(`${this.folder}/${file}`, text);
  }

  /** The text of a file of the folder. */
  read(file: string): string {
    return Deno.readTextFileSync(`${this.folder}/${file}`);
  }

  /** Changes a text in a file, and shows the command that does. */
  replace(file: string, from: string, to: string): void {
    this.say(`$ sed -i 's/${from}/${to}/' ${file}`);
    this.write(file, this.read(file).replace(from, to));
  }
}
