import { isAtLeast, type LogLevel } from "../host/log_level.ts";
import { cleaned } from "../target/quote.ts";

/** Writes what the server tells of itself, a line each. */
export interface Log {
  write(level: LogLevel, text: string): void;
}

/** A log whose lines begin with the time and their level. */
export function lineLog(put: (line: string) => void, least: () => LogLevel): Log {
  return {
    write(level, text) {
      if (!isAtLeast(level, least())) return;
      put(`${new Date().toISOString()} ${level} ${cleaned(text.replaceAll(/\s*\n\s*/g, " | "))}`);
    },
  };
}
