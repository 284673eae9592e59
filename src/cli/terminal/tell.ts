import type { OutputStream } from "../../host/streams.ts";

/** Writes a line for people beside the output. */
export type Tell = (text: string) => void;

/** Writes lines to standard error. Where nobody can read them any more they are lost, and do no harm. */
export function teller(stderr: OutputStream): Tell {
  return (text) => {
    try {
      let left = new TextEncoder().encode(`${text}\n`);
      // Not in the way of `writeWhole`: it waits for a reader, who may never come
      while (left.length > 0) left = left.subarray(stderr.writeSync(left));
    } catch {
      return;
    }
  };
}
