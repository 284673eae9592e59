// Quantities as people write them. Each reader gives null for what is none.

const UNITS: Readonly<Record<string, number>> = { "": 1, kbit: 1e3, mbit: 1e6, gbit: 1e9 };
const TIMES: Readonly<Record<string, number>> = { "": 1, ms: 1, s: 1000 };

/** Bits a second: `800000`, `10mbit`. */
export function readRate(value: unknown): number | null {
  return scaled(value, UNITS);
}

/** Milliseconds: `20`, `20ms`, `1.5s`. */
export function readMilliseconds(value: unknown): number | null {
  return scaled(value, TIMES);
}

/** A probability: `0.02`, `2%`. */
export function readProbability(value: unknown): number | null {
  const number = scaled(value, { "": 1, "%": 0.01 });
  return number !== null && number <= 1 ? number : null;
}

function scaled(value: unknown, units: Readonly<Record<string, number>>): number | null {
  const found = /^(\d+(?:\.\d+)?(?:e-?\d{1,2})?) ?([a-z%]*)$/.exec(String(value).toLowerCase());
  if (found === null || !["string", "number"].includes(typeof value)) return null;
  const [, number, unit = ""] = found;
  return Object.hasOwn(units, unit) ? Number(number) * units[unit]! : null;
}
