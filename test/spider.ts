import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Result } from "../src/mod.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));

/** The binary that is to be tested in place of the source: the variable SPIDER. */
export const BINARY: string | null = Deno.env.get("SPIDER")
  ? resolve(Deno.env.get("SPIDER")!)
  : null;

/** The command line of the program, without arguments. */
export const PROGRAM: readonly string[] = BINARY === null
  ? [Deno.execPath(), "run", "--no-check", "-A", MAIN]
  : [BINARY];

/** The outcome of a run of the program. */
export interface ProgramRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** How to run it. */
export interface RunOptions {
  /** Text for standard input, which is empty when missing. */
  readonly input?: string;
  /** Puts the command line into a namespace, as `TargetLab.exec` does. */
  readonly within?: (command: readonly string[]) => readonly string[];
}

/** The command line that runs the program. */
export function commandLine(args: readonly string[], within: RunOptions["within"]): string[] {
  const line = [...PROGRAM, ...args];
  return [...within?.(line) ?? line];
}

/** Starts the program. What it writes is read to the end by `outcome`. */
export function start(args: readonly string[], { within }: RunOptions = {}): Deno.ChildProcess {
  const [program = "", ...rest] = commandLine(args, within);
  return new Deno.Command(program, {
    args: rest,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Waits for the end of a program whose input is closed. */
export async function outcome(child: Deno.ChildProcess): Promise<ProgramRun> {
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

/** Runs the program to its end. */
export async function spider(
  args: readonly string[],
  options: RunOptions = {},
): Promise<ProgramRun> {
  const child = start(args, options);
  const ended = outcome(child);
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(options.input ?? ""));
  await writer.close();
  return await ended;
}

/** The records in a text of ndjson. */
export function results(text: string): Result[] {
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}
