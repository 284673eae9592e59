import type { ExecutionEnvironment, PlacedCommand } from "../../../src/contract/environment.ts";
import { loadBundled } from "../../../src/plugin/bundled.ts";
import { readValues } from "../../../src/plugin/schema/option.ts";
import { Folder } from "../../data/temporary.ts";
import { until } from "../../until.ts";

/** A service of a test: is busy for a while, says that it is ready, and says farewell in order. */
export const SERVICE = [
  "perl",
  "-e",
  `
  $| = 1;
  for my $name ("TERM", "INT", "QUIT") {
    $SIG{$name} = sub { print "farewell $name\\n"; exit 0 };
  }
  my $sum = 0;
  until ((times)[0] > 0.15) { $sum += $_ for 1 .. 1000 }
  print "ready $$\\n";
  sleep 1 while 1;
`,
];

/** An environment of the type execution that ships with the program. */
export async function executionEnvironment(name: string): Promise<ExecutionEnvironment> {
  const environment = await loadBundled("environment", name);
  if (environment?.type !== "execution") throw new Error(`${name} wraps nothing`);
  return environment;
}

/** A command that runs within environments, each around those before it. */
export class Wrapped implements AsyncDisposable {
  readonly #folder = new Folder();
  readonly #environments: readonly ExecutionEnvironment[];
  readonly #child: Deno.ChildProcess;
  readonly #read: Promise<unknown>;
  /** What it has written so far to both of its outputs. */
  said = "";

  private constructor(
    environments: readonly ExecutionEnvironment[],
    command: readonly string[],
    options: Readonly<Record<string, unknown>>,
  ) {
    this.#environments = environments;
    const own: PlacedCommand = { words: command, variables: { LC_ALL: "C" } };
    const { words: [program = "", ...args], variables } = environments.reduce((inner, one) => {
      const folder = this.#folder.at(one.name);
      Deno.mkdirSync(folder);
      return one.wrap(
        { ...inner, service: command },
        folder,
        readValues(one.options ?? {}, one === environments.at(-1) ? options : {}),
      );
    }, own);
    this.#child = new Deno.Command(program, {
      args,
      cwd: this.#folder.path,
      clearEnv: true,
      env: { PATH: Deno.env.get("PATH") ?? "", ...variables },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const { stdout, stderr } = this.#child;
    this.#read = Promise.all([this.#hear(stdout), this.#hear(stderr)]);
  }

  /** @param options of the last of the environments, which is around all others */
  static async start(
    names: readonly string[],
    command: readonly string[],
    options: Readonly<Record<string, unknown>> = {},
  ): Promise<Wrapped> {
    return new Wrapped(await Promise.all(names.map(executionEnvironment)), command, options);
  }

  /** Waits until {@linkcode SERVICE} is ready; its process id. */
  async ready(): Promise<number> {
    let status: Deno.CommandStatus | null = null;
    this.#child.status.then((ended) => status = ended);
    await until("the service is ready", () => {
      if (this.said.includes("ready")) return true;
      if (status === null) return false;
      throw new Error(`it has ended before it was ready: ${JSON.stringify(status)} ${this.said}`);
    });
    return Number(/ready (\d+)/.exec(this.said)![1]);
  }

  /** Sends a signal to what was started, and waits for its end. */
  async end(signal: Deno.Signal): Promise<Deno.CommandStatus> {
    this.#child.kill(signal);
    return await this.over();
  }

  /** Waits until it has ended by itself. */
  async over(): Promise<Deno.CommandStatus> {
    const status = await this.#child.status;
    await this.#read;
    return status;
  }

  /** The texts of the files that an environment has written. */
  files(name: string): Record<string, string> {
    const folder = this.#folder.at(name);
    return Object.fromEntries(
      [...Deno.readDirSync(folder)].map((file) =>
        [file.name, Deno.readTextFileSync(`${folder}/${file.name}`)] as const
      ),
    );
  }

  /** What an environment sums up. */
  summary(name: string): Readonly<Record<string, number | string>> {
    const environment = this.#environments.find((one) => one.name === name)!;
    return environment.summarize?.({
      folder: this.#folder.at(name),
      files: this.files(name),
    }) ?? {};
  }

  async #hear(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) this.said += text;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has ended
    }
    await this.over();
    this.#folder[Symbol.dispose]();
  }
}
