import type { NotedNode } from "../../../lab/live/note.ts";

/** Signals that are passed on to the command, beside what a terminal sends to both by itself. */
const PASSED = ["SIGTERM", "SIGHUP"] as const;
/** Numbers of signals begin here in the status of a command that one ended, as shells give it. */
const SIGNALLED = 128;
const NUMBERS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGTERM: 15,
};

/** Runs a command on a host with the streams of this process; its status. */
export async function runOn(
  { namespace }: NotedNode,
  command: readonly string[],
): Promise<number> {
  // Ctrl-C goes to the command too, and what it makes of it is its own affair
  const ignore = () => {};
  Deno.addSignalListener("SIGINT", ignore);
  const child = new Deno.Command("ip", {
    args: ["netns", "exec", namespace, ...command],
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  const passing = PASSED.map((name) => {
    const pass = () => child.kill(name);
    Deno.addSignalListener(name, pass);
    return [name, pass] as const;
  });
  try {
    const { code, signal } = await child.status;
    return signal === null ? code : SIGNALLED + (NUMBERS[signal] ?? 0);
  } finally {
    for (const [name, pass] of passing) Deno.removeSignalListener(name, pass);
    Deno.removeSignalListener("SIGINT", ignore);
  }
}
