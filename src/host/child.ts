/** Sends a signal to a process. What has ended meanwhile cannot be told anything, and need not be. */
export function signalChild(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch (error) {
    if (!(error instanceof TypeError) && !(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/**
 * Reads a stream to its end; the last of its text.
 *
 * @param most characters that are kept
 */
export async function lastOf(stream: ReadableStream<Uint8Array>, most: number): Promise<string> {
  let text = "";
  for await (const piece of stream.pipeThrough(new TextDecoderStream())) {
    text = (text + piece).slice(-most);
  }
  return text;
}
