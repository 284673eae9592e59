/**
 * An error thrown by foreign code, with its stack down to where our own code called it.
 *
 * @param own prefix of locations in our own code: the URL of a folder or a module
 */
export function stackOutside(error: unknown, own: string): string {
  const stack = textOf(error);
  const lines = stack.split("\n");
  const ours = lines.findIndex((line) => line.includes(own));
  // The first line has the message, which may name our code
  return lines.slice(0, ours < 0 ? undefined : Math.max(1, ours)).join("\n");
}

/** Its stack, or what else it says: foreign code may throw anything. */
function textOf(error: unknown): string {
  try {
    const stack = error instanceof Error ? error.stack : undefined;
    return String(stack ?? error);
  } catch {
    return "something that cannot be written";
  }
}
