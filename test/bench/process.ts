import { fileURLToPath } from "node:url";
import { libc } from "../../src/host/libc.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/** Octets that are kept of what a program writes; more is read, and forgotten. */
const KEPT = 16 << 20;
const SIGKILL = 9;
const MS = 1000;

/** The command line of the program, run from source as its task does. */
export function spiderCommand(args: readonly string[]): readonly string[] {
  return denoCommand(MAIN, args);
}

/**
 * The command line of a module beside this one, or of another by its path.
 *
 * @param flags flags of Deno
 */
export function denoCommand(
  module: string,
  args: readonly string[],
  flags: readonly string[] = [],
): readonly string[] {
  const path = fileURLToPath(new URL(module, import.meta.url));
  return [Deno.execPath(), "run", "--no-check", "-A", ...flags, path, ...args];
}

/** The result of a program that succeeded. */
export interface Ran {
  readonly seconds: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Why a program did not start, or failed. */
export class ProgramError extends Error {}

/** How to run a program. */
export interface CommandOptions {
  readonly input?: string;
  /** Seconds after which it and its children are ended. */
  readonly limit?: number;
}

/**
 * Runs a command to its end.
 *
 * @throws {ProgramError} with a short reason when it fails
 */
export async function ran(
  [program = "", ...args]: readonly string[],
  { input = "", limit = Infinity }: CommandOptions = {},
): Promise<Ran> {
  const bounded = limit !== Infinity;
  const begin = performance.now();
  const child = start(program, args, bounded);
  const late = new AbortController();
  const out = collected(child.stdout, late.signal);
  const err = collected(child.stderr, late.signal);
  const fed = feed(child.stdin, input);
  const timer = bounded
    ? setTimeout(() => {
      libc.kill(-child.pid, SIGKILL);
      // What left the group may hold the pipes open for ever
      late.abort();
    }, limit * MS)
    : undefined;
  const { code, signal } = await child.status;
  const seconds = (performance.now() - begin) / MS;
  const [stdout, stderr] = await Promise.all([out, err, fed]);
  clearTimeout(timer);
  if (late.signal.aborted) throw new ProgramError(`did not end within ${limit} s`);
  if (signal !== null) throw new ProgramError(`was ended by ${signal}`);
  if (code !== 0) throw new ProgramError(`ended with status ${code}${lastWords(stderr)}`);
  return { seconds, stdout, stderr };
}

/** @param detached whether it leads a process group of its own, which Ctrl-C in ours does not reach */
function start(program: string, args: readonly string[], detached: boolean): Deno.ChildProcess {
  try {
    return new Deno.Command(program, {
      args: [...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      detached,
    }).spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new ProgramError("is not installed");
    throw new ProgramError(`does not start: ${shortened(String(error))}`);
  }
}

async function feed(stdin: WritableStream<Uint8Array>, input: string): Promise<void> {
  try {
    const writer = stdin.getWriter();
    if (input !== "") await writer.write(new TextEncoder().encode(input));
    await writer.close();
  } catch {
    // It ended without reading: its status is the better error
  }
}

async function collected(stream: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<string> {
  const reader = stream.getReader();
  signal.addEventListener("abort", () => void reader.cancel());
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text;
    if (text.length < KEPT) text += decoder.decode(value, { stream: true });
  }
}

/** The last line that a program wrote, where errors say what is wrong. */
function lastWords(stderr: string): string {
  const line = stderr.trimEnd().split("\n").at(-1) ?? "";
  return line.trim() === "" ? "" : `: ${shortened(line)}`;
}

/** A line of others as it may stand in a table: printable, short, and no border. */
function shortened(line: string): string {
  const clean = line.replace(/[^\x20-\x7e]+|\|/g, " ").trim();
  return clean.length > 100 ? `${clean.slice(0, 99)}...` : clean;
}

/**
 * Runs a command of ours to its end; returns the seconds. Throws with its error output when it
 * fails.
 */
export async function seconds(command: readonly string[]): Promise<number> {
  return (await ours(command)).seconds;
}

/**
 * Runs a command of ours to its end; returns its output. Throws with its error output when it
 * fails.
 */
export async function output(command: readonly string[], input = ""): Promise<string> {
  return (await ours(command, input)).stdout;
}

/** Runs a command of ours to its end. Throws with its error output when it fails. */
export async function ours(command: readonly string[], input = ""): Promise<Ran> {
  try {
    return await ran(command, { input });
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    throw new Error(`${command.join(" ")} ${error.message}`);
  }
}

/** Runs commands in turn, A B C A B C, after one round that does not count; seconds of each run. */
export async function inTurn<Name extends string>(
  commands: Readonly<Record<Name, readonly string[]>>,
  rounds: number,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(commands) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<
    Name,
    number[]
  >;
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      const taken = await seconds(commands[name]);
      if (round > 0) times[name].push(taken);
    }
  }
  return times;
}
