// @ts-types="../../src/types/parse_args.d.ts"
import { parseArgs } from "@std/cli/parse-args";
import { UsageError } from "../../src/host/usage_error.ts";
import { type HindranceName, HINDRANCES } from "../lab/chance.ts";
import { CONCLUDING } from "../lab/conclusions.ts";
import { size } from "./size.ts";

/** What the truth bench measures. */
export interface TruthOptions {
  readonly spiders: readonly string[];
  readonly hindrances: readonly HindranceName[];
  /** Whether paths that are truly broken are measured, too. */
  readonly broken: boolean;
  /** Whether it is measured how long the verdict about such a path takes. */
  readonly time: boolean;
  /** Clean targets of each IP version in a cell. */
  readonly targets: number;
  /** Targets in flight at once. */
  readonly workers: number;
  /** Runs at a time, each in a lab of its own: most of a run is waiting. */
  readonly labs: number;
}

const DEFAULTS = { targets: size(3000, 50), workers: 1000, labs: 3 };
const USUAL: readonly HindranceName[] = [
  "a",
  "b",
  "c1",
  "c5",
  "c20",
  "d",
  "e",
  "e2",
  "f",
];
const LOSS: readonly HindranceName[] = ["c1", "c5", "c20"];

/**
 * Reads `[SPIDER...] [HINDRANCE...] [broken] [time] [--targets N] [--workers N] [--labs N]`. All spiders
 * where none is named; all hindrances, broken paths and times where none of those is.
 *
 * @throws {UsageError} for a word that is none of these
 */
export function readTruthOptions(words: readonly string[]): TruthOptions {
  const given = parseArgs(words, {
    string: Object.keys(DEFAULTS),
    unknown: (arg, key) => {
      if (key !== undefined) throw new UsageError(`there is no option ${arg}`);
    },
  });
  const names = given._.map(String);
  const spiders = names.filter((name) => name in CONCLUDING);
  const hindrances = names.flatMap((name) =>
    name === "c" ? LOSS : name in HINDRANCES ? [name as HindranceName] : []
  );
  const unknown = names.find((name) =>
    !(name in CONCLUDING || name in HINDRANCES || ["c", "broken", "time"].includes(name))
  );
  if (unknown !== undefined) {
    const known = [...Object.keys(CONCLUDING), ...Object.keys(HINDRANCES), "c", "broken", "time"];
    throw new UsageError(`there is no part ${unknown} of truth; there are ${known.join(", ")}`);
  }
  const all = spiders.length === names.length;
  return {
    spiders: spiders.length > 0 ? spiders : Object.keys(CONCLUDING),
    hindrances: all ? USUAL : hindrances,
    broken: all || names.includes("broken"),
    time: all && (spiders.length === 0 || spiders.includes("ecn")) || names.includes("time"),
    ...whole(given, "targets"),
    ...whole(given, "workers"),
    ...whole(given, "labs"),
  };
}

function whole<Key extends keyof typeof DEFAULTS>(
  given: Readonly<Record<string, unknown>>,
  key: Key,
): Record<Key, number> {
  const value = Number(given[key] ?? DEFAULTS[key]);
  if (Number.isInteger(value) && value > 0) return { [key]: value } as Record<Key, number>;
  throw new UsageError(`--${key} must be a whole number, 1 or more, not ${given[key]}`);
}
