import type { OutputStream } from "../../host/streams.ts";
import { cleanedLines } from "../../target/quote.ts";

/** Writes a line for the user to standard error. Gives whether it could be written. */
export type Tell = (text: string) => boolean;

/**
 * Writes lines to standard error, cleaned: a message may quote a plugin, a server or a file. If
 * standard error is closed, they are dropped without an error.
 */
export function teller(stderr: OutputStream): Tell {
  return (text) => {
    try {
      let left = new TextEncoder().encode(`${cleanedLines(text)}\n`);
      // Not `writeWhole`: it waits for a reader, which may never come
      while (left.length > 0) left = left.subarray(stderr.writeSync(left));
      return true;
    } catch {
      return false;
    }
  };
}
