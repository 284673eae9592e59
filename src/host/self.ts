/**
 * The command line that starts this program once more, without its arguments, in all of its forms:
 * from source, as a bundle under Deno, and compiled. As every program it is started by way of
 * setsid(1), which the program as one file may start while it may not start Deno.
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
    "-A",
    Deno.mainModule,
  ];
  return ["setsid", ["--wait", ...within([...own, ...args])]];
}
