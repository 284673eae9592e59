/**
 * An error thrown by foreign code, with its stack down to where our own code called it.
 *
 * @param own prefix of locations in our own code: the URL of a folder or a module
 */
export function stackOutside(error: unknown, own: string): string {
  if (!(error instanceof Error) || error.stack === undefined) return String(error);
  const lines = error.stack.split("\n");
  const ours = lines.findIndex((line) => line.includes(own));
  // The first line has the message, which may name our code
  return lines.slice(0, ours < 0 ? undefined : Math.max(1, ours)).join("\n");
}
