import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("run_main.ts", import.meta.url));

/** What a run said, one event after the other. */
export type RunEvent = Readonly<Record<string, unknown>>;

/** The command line of a run without the program's command line; see `run_main.ts`. */
export function runLine(kind: string, request: unknown): string[] {
  return [Deno.execPath(), "run", "--no-check", "-A", MAIN, kind, JSON.stringify(request)];
}

/**
 * Does a run to its end, and gives all its events.
 *
 * @param within puts the command line into a namespace, as `TargetLab.exec` does
 * @param ends whether the run is to be ended in order now; it is asked after each event
 */
export async function doRun(
  kind: string,
  request: unknown,
  { within = (line) => line, ends = () => false }: {
    readonly within?: (line: readonly string[]) => readonly string[];
    readonly ends?: (events: readonly RunEvent[]) => boolean | Promise<boolean>;
  } = {},
): Promise<RunEvent[]> {
  const [program = "", ...args] = within(runLine(kind, request));
  const child = new Deno.Command(program, { args, stdin: "piped", stdout: "piped" }).spawn();
  const writer = child.stdin.getWriter();
  const events: RunEvent[] = [];
  let left = "";
  let ended = false;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (left + text).split("\n");
    left = lines.pop()!;
    for (const line of lines) events.push(JSON.parse(line));
    if (ended || !await ends(events)) continue;
    ended = true;
    await writer.write(new Uint8Array(1));
  }
  await writer.close().catch(() => {}); // the run may have ended first
  await child.status;
  return events;
}

/** The last event: the outcome, or the error. */
export function endOf(events: readonly RunEvent[]): RunEvent {
  return events.at(-1) ?? {};
}
