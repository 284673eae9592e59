import type { OutputStream } from "../../../host/streams.ts";
import { writeText } from "../../../result/write_whole.ts";

/** Control characters in file names and plugin texts, except line ends. */
const CONTROLS = /[^\P{C}\n]/gu;

/** Writes to standard output: a value as JSON, or lines for people. */
export function output(
  stdout: OutputStream,
  json: boolean,
  value: unknown,
  text: () => string,
): void {
  const written = json
    ? JSON.stringify(value, null, 2).replaceAll(CONTROLS, escaped)
    : text().replaceAll(CONTROLS, "?");
  writeText(stdout, `${written}\n`);
}

/** A character as JSON may write it (RFC 8259, section 7). */
function escaped(character: string): string {
  return character.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
