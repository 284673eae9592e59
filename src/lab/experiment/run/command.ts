import { cleaned } from "../../../target/quote.ts";
import { signalChild } from "../../../host/child.ts";
import { inTime } from "../../../host/in_time.ts";

/** How long a command may take to end after it was asked to, in milliseconds. */
const FAREWELL = 3000;
/** Octets of an output that are kept: more is passed over. */
const MOST = 64 << 20;
/** How long the rest of an output is waited for after the end: what was left running may hold it open. */
const LAST_WORDS = 200;

/** How a command is run. */
export interface CommandOptions {
  /** Text for its standard input. */
  readonly input?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly folder?: string;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Milliseconds that it may take. */
  readonly timeout: number;
  /** Asks it to end; SIGTERM when missing. */
  readonly farewell?: Deno.Signal;
}

/** How a command has ended. */
export interface CommandEnd {
  /** Its status; that of shells, 128 and more, when a signal has ended it. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether it took longer than it may. */
  readonly late: boolean;
}

/**
 * Runs a command to its end, whose outputs are bounded. It has a session of its own, so that it ends
 * when it is told to, and not by what a terminal sends to this process; of two sessions the outer one
 * would keep signals to itself.
 */
export async function runCommand(
  words: readonly string[],
  { input, variables = {}, folder, signal, timeout, farewell = "SIGTERM" }: CommandOptions,
): Promise<CommandEnd> {
  const [program = "", ...args] = words[0] === "setsid" ? words : ["setsid", "--wait", ...words];
  const child = new Deno.Command(program, {
    args,
    env: { ...variables },
    ...(folder === undefined ? {} : { cwd: folder }),
    stdin: input === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const over = new AbortController();
  const deadline = AbortSignal.timeout(timeout);
  const end = AbortSignal.any([signal, deadline]);
  const outputs = Promise.all([
    bounded(child.stdout, over.signal),
    bounded(child.stderr, over.signal),
  ]);
  const ask = async () => {
    signalChild(child, farewell);
    if (await inTime(child.status, FAREWELL) === null) signalChild(child, "SIGKILL");
  };
  end.addEventListener("abort", ask, { once: true });
  if (end.aborted) ask();
  if (input !== undefined) await give(child.stdin, input);
  const { code } = await child.status;
  end.removeEventListener("abort", ask);
  await inTime(outputs, LAST_WORDS);
  over.abort();
  const [stdout, stderr] = await outputs;
  return { status: code, stdout, stderr, late: deadline.aborted };
}

/** The last line that a command has said, for a message. */
export function lastLine(text: string): string {
  return cleaned(text.trim().split("\n").at(-1) ?? "");
}

/** Gives it its input; one that ends without reading it all is right to do so. */
async function give(stdin: WritableStream<Uint8Array>, input: string): Promise<void> {
  const writer = stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(input));
    await writer.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

async function bounded(stream: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<string> {
  const reader = stream.getReader();
  const cancel = () => reader.cancel();
  signal.addEventListener("abort", cancel);
  const decoder = new TextDecoder();
  let text = "";
  let octets = 0;
  while (true) {
    const { done, value } = await reader.read();
    if (done) break;
    if (octets < MOST) text += decoder.decode(value.subarray(0, MOST - octets), { stream: true });
    octets += value.length;
  }
  signal.removeEventListener("abort", cancel);
  return text;
}
