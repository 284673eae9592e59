import { UsageError } from "../../host/usage_error.ts";
import { readPrefix } from "../../target/prefix.ts";
import { MOST_TARGETS } from "./group.ts";
import { type InterfaceIds, readInterfaceIds } from "./interface_ids.ts";
import { addressesIn, type AddressRange, inBoth, merged, rangesOf } from "./ranges.ts";

/** How many overlaps are named. */
const MOST_NAMED = 5;

/** Addresses that are named on a command line. */
export interface NamedAddresses {
  /** Prefixes and addresses, each address in one range. */
  readonly ranges: readonly AddressRange[];
  readonly patterns: readonly InterfaceIds[];
  /** What is to be said of them: prefixes that overlap. */
  readonly warnings: readonly string[];
}

interface Named {
  readonly text: string;
  readonly range: AddressRange;
  readonly pattern: InterfaceIds | null;
}

/**
 * Reads prefixes (`192.0.2.0/24`, `2001:db8::/112`), addresses, and prefixes with interface ids
 * (`2001:db8::/32@/48,::1`). Of prefixes that overlap each address counts once.
 *
 * @throws {UsageError} for what is none of these, and where an overlap cannot be told
 */
export function readAddresses(texts: readonly string[]): NamedAddresses {
  const named = texts.flatMap(readNamed).toSorted(inOrder);
  const warnings: string[] = [];
  let overlaps = 0;
  let widest: Named | null = null;
  for (const one of named) {
    if (widest !== null && one.range.first <= widest.range.last) {
      refuseMixed(widest, one);
      if (++overlaps <= MOST_NAMED) warnings.push(overlap(widest, one));
    }
    if (widest === null || one.range.last > widest.range.last) widest = one;
  }
  if (overlaps > MOST_NAMED) {
    warnings.push(`${overlaps - MOST_NAMED} more prefixes overlap; each address is probed once`);
  }
  const [plain, patterned] = [named.filter(isPlain), named.filter((one) => !isPlain(one))];
  return {
    ranges: merged(plain.map(({ range }) => range)),
    patterns: patterned.map(({ pattern }) => pattern!),
    warnings,
  };
}

function readNamed(text: string): Named[] {
  if (text.includes("@")) {
    const pattern = readInterfaceIds(text);
    if (typeof pattern === "string") throw new UsageError(pattern);
    return [{ text, range: pattern.prefix, pattern }];
  }
  const prefix = readPrefix(text);
  if (typeof prefix === "string") throw new UsageError(prefix);
  return rangesOf(prefix).map((range) => ({ text, range, pattern: null }));
}

/** By their first addresses, and where these are the same the widest first. */
function inOrder({ range: a }: Named, { range: b }: Named): number {
  if (a.first !== b.first) return a.first < b.first ? -1 : 1;
  return a.last > b.last ? -1 : a.last < b.last ? 1 : 0;
}

function isPlain({ pattern }: Named): boolean {
  return pattern === null;
}

function refuseMixed(one: Named, other: Named): void {
  if (isPlain(one) && isPlain(other)) return;
  throw new UsageError(
    `${one.text} and ${other.text} overlap: name the interface ids of a prefix together, or give ` +
      "prefixes that have no address in common",
  );
}

function overlap({ text: wide }: Named, { text: narrow }: Named): string {
  return wide === narrow
    ? `${wide} is named twice; its addresses are probed once`
    : `${narrow} is part of ${wide}; its addresses are probed once`;
}

/** Addresses that follow each other in each of some subnets that follow each other. */
export interface Stretch {
  /** The first address of the first subnet. */
  readonly first: bigint;
  readonly subnets: bigint;
  /** How many addresses of a subnet there are. */
  readonly each: bigint;
  /** How many bits the number of a subnet is shifted by. */
  readonly shift: number;
  /** Whether the bits behind the subnet are random. */
  readonly random: boolean;
}

/**
 * Addresses as stretches, as far as a list allows them.
 *
 * @param allowed null for all
 */
export function stretchesOf(
  { ranges, patterns }: NamedAddresses,
  allowed: readonly AddressRange[] | null,
): Stretch[] {
  const plain = allowed === null ? ranges : inBoth(ranges, allowed);
  const within = allowed === null
    ? patterns
    : patterns.filter(({ prefix }) => inBoth([prefix], allowed).length > 0);
  return [
    ...plain.map(({ first, last }) => ({
      first,
      subnets: 1n,
      each: last - first + 1n,
      shift: 0,
      random: false,
    })),
    ...within.flatMap(ofPattern),
  ];
}

function ofPattern({ prefix, subnets, idBits, ids }: InterfaceIds): Stretch[] {
  const shared = { subnets, shift: idBits };
  if (ids === null) return [{ first: prefix.first, each: 1n, random: true, ...shared }];
  return ids.map((id) => ({
    first: prefix.first + id.first,
    each: addressesIn([id]),
    random: false,
    ...shared,
  }));
}

/**
 * How many targets stretches make with a number of ports.
 *
 * @throws {UsageError} when they are more than have an order
 */
export function targetsIn(stretches: readonly Stretch[], ports: number): number {
  const addresses = stretches.reduce((sum, { subnets, each }) => sum + subnets * each, 0n);
  const targets = addresses * BigInt(ports);
  if (targets <= BigInt(MOST_TARGETS)) return Number(targets);
  const size = `about 2^${targets.toString(2).length - 1} targets`;
  throw new UsageError(
    `the prefixes and ports make ${size}, and a scan may have 2^48: give longer prefixes, or some ` +
      "interface ids of each subnet, as in 2001:db8::/32@/48,::1",
  );
}
