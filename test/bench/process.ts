import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/** The command line of the program, run from source as its task does. */
export function spiderCommand(args: readonly string[]): readonly string[] {
  return [Deno.execPath(), "run", "--no-check", "-A", MAIN, ...args];
}

/** Whether a program is on the PATH. */
export function installed(program: string): boolean {
  const { success } = new Deno.Command("sh", {
    args: ["-c", `command -v ${program}`],
    stdout: "null",
  }).outputSync();
  return success;
}

/** Runs a command to its end; seconds. Throws with what it said when it fails. */
export async function seconds(command: readonly string[]): Promise<number> {
  const [program = "", ...args] = command;
  const begin = performance.now();
  const { success, stderr } = await new Deno.Command(program, {
    args,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  const taken = (performance.now() - begin) / 1000;
  if (!success) throw new Error(`${command.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  return taken;
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
