import { UsageError } from "../../../host/usage_error.ts";
import type { PortRange } from "../../../host/port_range.ts";

const LAST_PORT = 65_535;

/** What the letters behind a number of bits a second stand for, as zmap has them. */
const UNITS: Readonly<Record<string, number>> = { "": 1, K: 1e3, M: 1e6, G: 1e9 };

/**
 * Ports as a command line lists them, `80,443,8000-8010`, in that order.
 *
 * @throws {UsageError} when it is no such list, or names a port twice
 */
export function portsOf(option: string, text: string): readonly PortRange[] {
  const ranges = text.split(",").map((word) => portRangeOf(option, word));
  ranges.forEach(({ first, last }, at) => {
    const other = ranges.slice(0, at).find((range) => first <= range.last && last >= range.first);
    if (other === undefined) return;
    throw new UsageError(
      `--${option} names port ${Math.max(first, other.first)} twice; name each port once`,
    );
  });
  return ranges;
}

/**
 * A port, or two with a dash between them.
 *
 * @throws {UsageError} when it is neither
 */
export function portRangeOf(option: string, text: string): PortRange {
  const [, low, high] = /^\s*(\d{1,9})(?:-(\d{1,9}))?\s*$/.exec(text) ?? [];
  if (low === undefined) {
    throw new UsageError(
      `--${option} must be ports such as 80, 80,443 or 8000-8010, not ${JSON.stringify(text)}`,
    );
  }
  const [first, last] = [Number(low), Number(high ?? low)];
  const wrong = [first, last].find((port) => port < 1 || port > LAST_PORT);
  if (wrong !== undefined) {
    throw new UsageError(`--${option} must be ports from 1 to ${LAST_PORT}, not ${wrong}`);
  }
  if (first > last) {
    throw new UsageError(`--${option} ${text} ends before it begins; give ${last}-${first}`);
  }
  return { first, last };
}

/**
 * Words with commas between them.
 *
 * @throws {UsageError} when one is empty, or stands there twice
 */
export function wordsOf(option: string, text: string): readonly string[] {
  const words = text.split(",").map((word) => word.trim());
  if (words.includes("")) {
    throw new UsageError(`--${option} has nothing before or behind a comma: ${text}`);
  }
  const twice = words.find((word, at) => words.indexOf(word) !== at);
  if (twice !== undefined) {
    throw new UsageError(`--${option} names ${twice} twice; name it once`);
  }
  return words;
}

/**
 * How many targets at most: a number, or a percentage of all there are.
 *
 * @throws {UsageError} when it is neither
 */
export function mostTargets(
  text: string,
): { readonly maxTargets: number } | { readonly maxPercent: number } {
  const percent = /^(\d+\.?\d*|\.\d+)\s*%$/.exec(text);
  if (percent !== null) {
    const maxPercent = Number(percent[1]);
    if (maxPercent > 0 && maxPercent <= 100) return { maxPercent };
    throw new UsageError(`--max-targets must be more than 0 % and 100 % at most, not ${text}`);
  }
  const maxTargets = /^\d+$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(maxTargets) && maxTargets > 0) return { maxTargets };
  throw new UsageError(`--max-targets must be a number such as 1000, or 0.5%, not ${text}`);
}

/**
 * Bits a second, with a unit as zmap has it.
 *
 * @throws {UsageError} when it is something else
 */
export function bitsOf(text: string): number {
  const [, number, unit = ""] = /^(\d+\.?\d*|\.\d+)([KMG]?)$/i.exec(text) ?? [];
  if (number === undefined) {
    throw new UsageError(
      `--bandwidth must be bits a second such as 500K, 10M or 1G, not ${text}`,
    );
  }
  return Number(number) * UNITS[unit.toUpperCase()]!;
}
