import type { ExpectedFields } from "../../contract/plugin_test.ts";
import type { Chain, ChainFields } from "../../contract/chain.ts";
import { isOfType } from "../../observe/js/check.ts";

/** The outcome of one test. */
export interface TestReport {
  readonly name: string;
  /** What was not as expected, a sentence each; empty when it passed. */
  readonly faults: readonly string[];
  /** What was concluded; null for a chain, and when the test did not get that far. */
  readonly conditions: readonly string[] | null;
  /** The records from the packets. */
  readonly flows: readonly Readonly<Record<string, unknown>>[];
}

/** Differences of a record from what is expected, a line each. */
export function differences(
  expected: ExpectedFields | undefined,
  record: Readonly<Record<string, unknown>>,
  where: string,
): string[] {
  return Object.entries(expected ?? {}).flatMap(([name, value]) => {
    if (!Object.hasOwn(record, name)) {
      return `${where}: there is no field ${name} in its record`;
    }
    if (same(value, record[name])) return [];
    return `${where}: ${name} is ${json(record[name])}, and ${json(value)} was expected`;
  });
}

/** Differences of conditions from those that are wanted, in any order, a line each. */
export function conditionFaults(
  wanted: readonly string[] | undefined,
  got: readonly string[],
): string[] {
  if (wanted === undefined) return [];
  const faults = [
    ...got.filter((one) => !wanted.includes(one)).map((one) => `${one} came out unexpectedly`),
    ...wanted.filter((one) => !got.includes(one)).map((one) => `${one} did not come out`),
  ];
  return faults.length > 0 || got.length === wanted.length
    ? faults
    : [`${got.join(", ")} came out, and ${wanted.join(", ")} was expected`];
}

/** Whether two values of JSON are the same. */
export function same(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  const keys = Object.keys(a);
  return Array.isArray(a) === Array.isArray(b) && keys.length === Object.keys(b).length &&
    keys.every((key) =>
      Object.hasOwn(b, key) && same(a[key as keyof typeof a], b[key as keyof typeof b])
    );
}

/** Values that chains put into a record and that are not of the type they declare, a line each. */
export function typeFaults(
  chains: readonly Chain[],
  record: Readonly<Record<string, unknown>>,
  where: string,
): string[] {
  return chains.flatMap((chain) =>
    Object.entries(chain.fields as ChainFields).flatMap(([name, { type }]) =>
      isOfType(type, record[name])
        ? []
        : `${where}: the chain ${chain.name} put ${
          json(record[name])
        } into ${name}, which is declared ${type}`
    )
  );
}

function json(value: unknown): string {
  return JSON.stringify(value) ?? "nothing";
}
