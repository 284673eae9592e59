/** The command line that starts this program once more, without its arguments. */
export function selfCommand(): string[] {
  if (Deno.build.standalone) return [Deno.execPath()];
  return [Deno.execPath(), "run", "--no-check", "--cached-only", "-A", Deno.mainModule];
}
