import { jsonText } from "../host/json_text.ts";
import type { OutputStream } from "../host/streams.ts";
import { writeText } from "../result/write_whole.ts";
import { cleanedLines } from "../target/quote.ts";

/** Writes to standard output: a value as JSON, or lines for people. */
export function output(
  stdout: OutputStream,
  json: boolean,
  value: unknown,
  text: () => string,
): void {
  writeText(stdout, `${json ? jsonText(value, 2) : cleanedLines(text())}\n`);
}
