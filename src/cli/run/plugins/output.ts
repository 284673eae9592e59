import { writeWhole } from "../../../result/write_whole.ts";

/** Writes to standard output: a value as JSON, or lines for people. */
export function output(json: boolean, value: unknown, text: () => string): void {
  const written = json ? JSON.stringify(value, null, 2) : text();
  writeWhole(Deno.stdout, new TextEncoder().encode(`${written}\n`));
}
