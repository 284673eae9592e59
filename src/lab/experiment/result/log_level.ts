import { LOG_LEVELS, type LogLevel } from "../../../host/log_level.ts";
import { cleaned } from "../../../target/quote.ts";

/** Words by which programs say the level of a line, whole and in any case. */
const WORDS: Readonly<Record<LogLevel, readonly string[]>> = {
  error: [
    ...["error", "err", "emerg", "emergency", "alert", "crit", "critical", "fatal", "panic"],
    ...["fail", "failed", "failure", "exception", "traceback", "segfault", "e", "f"],
  ],
  warning: ["warning", "warn", "w"],
  debug: ["debug", "trace", "d"],
  info: ["info", "notice", "i", "n"],
};

const LEVELS = new Map(
  LOG_LEVELS.flatMap((level) => WORDS[level].map((word) => [word, level] as const)),
);

/** Where a program says the level of a line and nothing else: `[error]`, `level=error`, `"level":"error"`. */
const DECLARED = /\[(\w{1,9})\]|\blevel"? ?[=:] ?"?(\w{1,9})/gi;

/**
 * A word of a sentence, which is no part of a name such as `--show-error` or `ecn.negotiation.failed`;
 * one letter is a level only where it is declared.
 */
const WORD = /(?<!\w[.-]|\w)[a-z]{3,9}(?![.-]?\w)/gi;

/** What a command line begins with in a log, in front of what the command said. */
const COMMAND = "$ ";

/** A command line as a line of a log: its words do not say how much it matters. */
export function commandLine(words: readonly string[]): string {
  return `${COMMAND}${cleaned(words.join(" "))}`;
}

/** The level of a log's line: what it declares, or else the highest that one of its words stands for. */
export function guessedLevel(line: string): LogLevel {
  if (line.startsWith(COMMAND)) return "info";
  for (const [, bracketed, named] of line.matchAll(DECLARED)) {
    const level = levelOf((bracketed ?? named)!);
    if (level !== undefined) return level;
  }
  const said = new Set((line.match(WORD) ?? []).map(levelOf));
  return LOG_LEVELS.findLast((level) => said.has(level)) ?? "info";
}

function levelOf(word: string): LogLevel | undefined {
  return LEVELS.get(word.toLowerCase());
}
