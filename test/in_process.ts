import { format } from "node:util";
import type { OutputStream, Streams } from "../src/host/streams.ts";
import { main } from "../src/main.ts";
import { BINARY, type ProgramRun, spider } from "./spider.ts";

/** How a command is run. */
export interface InProcessOptions {
  /** Text for standard input, which is empty when missing. */
  readonly input?: string;
  /** Environment variables that differ from those of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a command line of the program to its end, as `spider` does, but in this process: without the
 * start of another one. What plugins write to the console belongs to its output. No two runs at
 * once, since environment and console are those of the process; a module that was changed is not
 * loaded again. Where a binary is to be tested in place of the source, the binary is run instead.
 */
export async function inProcess(
  args: readonly string[],
  { input = "", env = {} }: InProcessOptions = {},
): Promise<ProgramRun> {
  if (BINARY !== null) {
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    return await spider(args, { input, within: (line) => ["env", ...variables, ...line] });
  }
  const [out, err] = [new Written(), new Written()];
  using _ = new Surroundings(env, { log: out, info: out, debug: out, warn: err, error: err });
  const code = await main(args, { stdin: inputOf(input), stdout: out, stderr: err });
  return { code, out: out.text, err: err.text };
}

/** Standard input that holds a text. */
function inputOf(text: string): Streams["stdin"] {
  let left = new TextEncoder().encode(text);
  const readSync = (octets: Uint8Array) => {
    if (left.length === 0) return null;
    const taken = left.subarray(0, octets.length);
    octets.set(taken);
    left = left.subarray(taken.length);
    return taken.length;
  };
  return {
    readable: ReadableStream.from(text === "" ? [] : [left]),
    read: (octets) => Promise.resolve(readSync(octets)),
    readSync,
    isTerminal: () => false,
  };
}

/** Standard output or error that keeps what is written. */
class Written implements OutputStream {
  readonly fd = null;
  readonly #decoder = new TextDecoder();
  #text = "";

  writeSync(octets: Uint8Array): number {
    this.#text += this.#decoder.decode(octets, { stream: true });
    return octets.length;
  }

  isTerminal(): boolean {
    return false;
  }

  get text(): string {
    return this.#text + this.#decoder.decode();
  }
}

/** Variables of the environment, and a console, for the time of a run. */
class Surroundings implements Disposable {
  static #inUse = false;
  readonly #variables: readonly (readonly [string, string | undefined])[];
  readonly #console = { ...console };

  constructor(
    variables: Readonly<Record<string, string>>,
    outputs: Readonly<Record<string, OutputStream>>,
  ) {
    if (Surroundings.#inUse) throw new Error("a command runs in this process already: await it");
    Surroundings.#inUse = true;
    this.#variables = Object.keys(variables).map((name) => [name, Deno.env.get(name)]);
    for (const [name, value] of Object.entries(variables)) Deno.env.set(name, value);
    const encoder = new TextEncoder();
    for (const [name, output] of Object.entries(outputs)) {
      const write = (...words: unknown[]) =>
        output.writeSync(encoder.encode(`${format(...words)}\n`));
      Object.assign(console, { [name]: write });
    }
  }

  [Symbol.dispose](): void {
    for (const [name, value] of this.#variables) {
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
    Object.assign(console, this.#console);
    Surroundings.#inUse = false;
  }
}
