import type { OutputStream } from "../../host/streams.ts";

/** Writes a line for the user to standard error. */
export type Tell = (text: string) => void;

/**
 * Writes lines to standard error. If standard error is closed, they are dropped without an error.
 */
export function teller(stderr: OutputStream): Tell {
  return (text) => {
    try {
      let left = new TextEncoder().encode(`${text}\n`);
      // Not `writeWhole`: it waits for a reader, which may never come
      while (left.length > 0) left = left.subarray(stderr.writeSync(left));
    } catch {
      return;
    }
  };
}
