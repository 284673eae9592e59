import { isAtLeast, type LogLevel } from "../host/log_level.ts";
import { cleaned } from "../target/quote.ts";

/** Characters of a line at most. */
const LONGEST = 20_000;

/** Writes what the server tells of itself, a line each. */
export interface Log {
  write(level: LogLevel, text: string): void;
}

/** A log whose lines begin with the time and their level. */
export function lineLog(put: (line: string) => void, least: () => LogLevel): Log {
  return {
    write(level, text) {
      if (!isAtLeast(level, least())) return;
      put(`${new Date().toISOString()} ${level} ${cleaned(oneLine(text))}`);
    },
  };
}

/** Lines of a text side by side; what is longer is cut. */
function oneLine(text: string): string {
  return text.slice(0, LONGEST).split("\n").map((line) => line.trim()).filter(Boolean).join(" | ");
}
