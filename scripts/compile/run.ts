/** Why the program cannot be built; its message is shown to the user. */
export class CompileError extends Error {}

/**
 * What a command wrote to its standard output.
 *
 * @param env what is changed in its environment
 * @throws {CompileError} with what it said, when it fails
 */
export function output(
  command: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): string {
  const [program = "", ...args] = command;
  const { success, stdout, stderr } = new Deno.Command(program, {
    args,
    cwd,
    stdin: "null",
    env: { NO_COLOR: "1", LC_ALL: "C", ...env },
  }).outputSync();
  const decoder = new TextDecoder();
  if (success) return decoder.decode(stdout);
  throw new CompileError(
    `\`${program} ${args[0] ?? ""}\` failed: ${decoder.decode(stderr).trim()}`,
  );
}
