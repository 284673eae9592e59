import { ReaderGone } from "./reader_gone.ts";

/** A synchronous writer: an open file, or standard output. */
export interface Sink {
  writeSync(bytes: Uint8Array): number;
}

/** How long to wait before a pipe that is full is tried again, in milliseconds. */
const FULL_PIPE_WAIT = 1;

/**
 * Writes all of `bytes`, however many writes it takes.
 *
 * @throws {ReaderGone} when the other end of a pipe is closed; any other error as it is
 */
export function writeWhole(sink: Sink, bytes: Uint8Array): void {
  let left = bytes;
  while (left.length > 0) {
    try {
      left = left.subarray(sink.writeSync(left));
    } catch (error) {
      if (error instanceof Deno.errors.BrokenPipe) throw new ReaderGone();
      // A pipe that another process made non-blocking gives this error instead of waiting.
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_PIPE_WAIT);
    }
  }
}

/** Writes all of a text; see {@linkcode writeWhole}. */
export function writeText(sink: Sink, text: string): void {
  writeWhole(sink, new TextEncoder().encode(text));
}
