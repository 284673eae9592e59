import { fileOrStream, type InputStream } from "../host/streams.ts";
import { openInput } from "../target/input.ts";
import { readText } from "../target/text.ts";

/** Characters that are read at most: more than a description may have. */
const MOST = 1 << 21;

/**
 * The text of a file that describes something, or of standard input, with its name for messages.
 *
 * @throws {Failure} when it cannot be read
 */
export async function textOf(
  path: string,
  stdin: InputStream,
): Promise<{ readonly text: string; readonly name: string }> {
  const { stream, name } = await openInput(fileOrStream(path, stdin));
  let text = "";
  for await (const chunk of readText(stream, name)) {
    text += chunk;
    if (text.length > MOST) break;
  }
  return { text, name };
}
