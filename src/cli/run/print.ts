import { writeWhole } from "../../result/write_whole.ts";

/** Writes text for people to standard output, now. */
export function print(text: string): void {
  writeWhole(Deno.stdout, new TextEncoder().encode(text));
}
