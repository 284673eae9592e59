/**
 * The command line that starts this program once more, without its arguments, in all of its forms:
 * from source, as a bundle under Deno, and compiled. Like every program it is started through
 * setsid(1), which the single-file program may run, while it may not run Deno.
 *
 * @param within puts the command line into a namespace
 */
export function selfCommand(
  args: readonly string[],
  within: (command: readonly string[]) => readonly string[] = (command) => command,
): readonly [program: string, args: readonly string[]] {
  const own = Deno.build.standalone ? [Deno.execPath()] : [
    Deno.execPath(),
    "run",
    "--quiet",
    "--no-check",
    "--cached-only",
    "--no-prompt",
    // Where there is no deno.json to say so
    "--unstable-worker-options",
    "--unstable-no-legacy-abort",
    "-A",
    Deno.mainModule,
  ];
  return ["setsid", ["--wait", ...within([...own, ...args])]];
}

/** Starts this program once more, as {@linkcode selfCommand} says, with all that it reads and writes piped. */
export function startSelf(
  args: readonly string[],
  within?: (command: readonly string[]) => readonly string[],
): Deno.ChildProcess {
  const [program, words] = selfCommand(args, within);
  return new Deno.Command(program, {
    args: [...words],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}
