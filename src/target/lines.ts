/** The longest line that is read, in characters; it bounds the memory for bad input. */
export const MAX_LINE = 1024 * 1024;

/** Stands for a line that is longer than {@linkcode MAX_LINE}. */
export const OVERLONG = null;

/**
 * Splits text into lines, without their ends (LF or CRLF): the lines that each chunk completes, at
 * once. The last line need not end. A line longer than {@linkcode MAX_LINE} is not kept.
 */
export async function* splitLines(
  chunks: AsyncIterable<string>,
): AsyncGenerator<(string | typeof OVERLONG)[]> {
  let open = "";
  let overlong = false;
  const finish = (end: string): string | typeof OVERLONG => {
    const line = overlong || open.length + end.length > MAX_LINE ? OVERLONG : open + end;
    open = "";
    overlong = false;
    return line?.endsWith("\r") ? line.slice(0, -1) : line;
  };
  const extend = (text: string) => {
    overlong ||= open.length + text.length > MAX_LINE;
    open = overlong ? "" : open + text;
  };
  for await (const chunk of chunks) {
    if (!chunk.includes("\n")) {
      extend(chunk);
      continue;
    }
    const pieces = chunk.split("\n");
    const rest = pieces.pop()!;
    const lines = [finish(pieces[0]!)];
    for (let at = 1; at < pieces.length; at++) lines.push(finish(pieces[at]!));
    extend(rest);
    yield lines;
  }
  if (open !== "" || overlong) yield [finish("")];
}
