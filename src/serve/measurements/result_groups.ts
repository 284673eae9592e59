import { addressText } from "../../host/address.ts";
import { ProblemError } from "../http/problem.ts";
import type { NetworkTable } from "../page/network_table.ts";
import type { Measurement } from "./measurement.ts";
import { NumberSet } from "./number_set.ts";
import type { ResultViews } from "./result_views.ts";

/** By what results can be put together; the last two where the configuration names a table of networks. */
export const GROUPINGS = ["prefix", "asn", "country"] as const;
export type Grouping = typeof GROUPINGS[number];

/** Results that belong together. */
export interface Group {
  /** A prefix (/24, /48), the number of an autonomous system, or the code of a country. */
  readonly group: string;
  /** What the table calls it; null for no name. */
  readonly name: string | null;
  readonly results: number;
  readonly having: number;
  /** Whether its share is above that of all results by more than chance makes of so many groups. */
  readonly stands_out: boolean;
}

/** What is asked for. */
export interface GroupRequest {
  readonly by: Grouping;
  readonly condition: string;
  readonly run: number;
}

/** Results of a run by groups, those first that stand out most. */
export interface Groups {
  readonly results: number;
  readonly having: number;
  readonly groups: readonly Group[];
  /** How many groups there are. */
  readonly count: number;
}

/** How much is held at once. */
export interface GroupLimits {
  /** Addresses that are read, while nothing else is answered. */
  readonly read: number;
  /** Groups that are counted; beyond them, those that stand out least are let go. */
  readonly counted: number;
  /** Groups of an answer. */
  readonly answered: number;
}

const LIMITS: GroupLimits = { read: 20_000, counted: 100_000, answered: 1000 };
/** Answers that are kept. */
const MOST_KNOWN = 32;
/** How likely any group of an answer may stand out by chance. */
const CHANCE = 0.01;
/** Octets of the prefixes, by the length of an address in hexadecimal. */
const PREFIX: Readonly<Record<number, number>> = { 8: 3, 32: 6 };

/** What a group comes to, with one of its addresses. */
type Tally = { readonly address: string; results: number; having: number };

/** Puts results together by their networks: one answer at a time, in pieces, and each once. */
export class ResultGroups {
  readonly #views: ResultViews;
  readonly #networks: () => NetworkTable | null;
  readonly #closing: AbortSignal;
  readonly #limits: GroupLimits;
  readonly #known = new Map<string, Promise<Groups>>();
  #work: Promise<unknown> = Promise.resolve();

  /** @param closing ends what is under way */
  constructor(
    views: ResultViews,
    networks: () => NetworkTable | null,
    closing: AbortSignal,
    limits = LIMITS,
  ) {
    this.#limits = limits;
    this.#views = views;
    this.#networks = networks;
    this.#closing = closing;
  }

  /** What can be asked for. */
  get offered(): readonly Grouping[] {
    return this.#networks() === null ? ["prefix"] : GROUPINGS;
  }

  /** The groups of a run, those that stand out most first. */
  async of(measurement: Measurement, request: GroupRequest): Promise<Groups> {
    const { by, condition, run } = request;
    const results = this.#views.count(measurement, { run });
    const key = JSON.stringify([measurement.number, run, results, by, condition]);
    const known = this.#known.get(key);
    if (known !== undefined) return await known;
    const counted = this.#work.then(() => this.#count(measurement, request, results));
    this.#work = counted.catch(() => {}); // whoever waits for it is told
    this.#known.set(key, counted);
    counted.catch(() => this.#known.delete(key));
    if (this.#known.size > MOST_KNOWN) this.#known.delete(this.#known.keys().next().value!);
    return await counted;
  }

  /** Forgets what it knows, since the table of networks is another one. */
  forget(): void {
    this.#known.clear();
  }

  async #count(
    measurement: Measurement,
    { by, condition, run }: GroupRequest,
    results: number,
  ): Promise<Groups> {
    const having = this.#views.count(measurement, { run, condition });
    const share = results === 0 ? 0 : having / results;
    const members = await this.#members(measurement, condition);
    const networks = this.#networks();
    const tallies = new Map<string, Tally>();
    /** The last group of each family, of which more may come. */
    const open = new Map<number, string>();
    let dropped = 0;
    const ordered = () =>
      [...tallies].map(([key, tally]) => ({ key, ...tally, deviance: devianceOf(tally, share) }))
        .sort((a, b) => b.deviance - a.deviance || b.having - a.having || b.results - a.results);
    for (let after = { address: new Uint8Array(), number: 0 };;) {
      const { addresses, numbers } = this.#views.addresses(
        measurement,
        run,
        after,
        this.#limits.read,
      );
      for (const [at, address] of addresses.entries()) {
        const key = by === "prefix"
          ? address.slice(0, 2 * PREFIX[address.length]!)
          : networks?.of(Uint8Array.fromHex(address))?.[by] ?? "";
        open.set(address.length, key);
        let tally = tallies.get(key);
        if (tally === undefined) tallies.set(key, tally = { address, results: 0, having: 0 });
        tally.results++;
        if (members.has(numbers[at]!)) tally.having++;
      }
      if (addresses.length < this.#limits.read) break;
      if (tallies.size > this.#limits.counted) {
        const kept = new Set(open.values());
        for (const { key } of ordered().slice(this.#limits.answered)) {
          if (kept.has(key)) continue;
          tallies.delete(key);
          dropped++;
        }
      }
      after = { address: Uint8Array.fromHex(addresses.at(-1)!), number: numbers.at(-1)! };
      await this.#pause();
    }
    const all = ordered();
    const count = all.length + dropped;
    const groups = all.slice(0, this.#limits.answered).map((
      { key, address, results, having, deviance },
    ) => ({
      group: by === "prefix" ? prefixText(key, address.length) : key,
      name: by === "country" ? null : networks?.of(Uint8Array.fromHex(address))?.name ?? null,
      ...{ results, having },
      stands_out: Math.exp(-deviance / 2) * count < CHANCE,
    }));
    return { results, having, groups, count };
  }

  /** The results that have a condition. */
  async #members(measurement: Measurement, condition: string): Promise<NumberSet> {
    const members = new NumberSet();
    for (let after = 0;;) {
      const some = this.#views.having(measurement, condition, after, this.#limits.read);
      for (const number of some) members.add(number);
      if (some.length < this.#limits.read) return members;
      after = some.at(-1)!;
      await this.#pause();
    }
  }

  /**
   * Lets others be answered in between.
   *
   * @throws {ProblemError} 503 when the server ends
   */
  async #pause(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve));
    if (this.#closing.aborted) throw new ProblemError(503, "this server is ending");
  }
}

/** A prefix as text. */
function prefixText(begin: string, length: number): string {
  return `${addressText(Uint8Array.fromHex(begin.padEnd(length, "0")))}/${begin.length * 4}`;
}

/**
 * How far a group's share lies above that of all results: the deviance of a binomial distribution, negative
 * below. Chance alone makes such a share of a group, or a greater one, with a probability of at most
 * exp(-deviance / 2) (Chernoff 1952), also of few results.
 */
function devianceOf({ results, having }: Tally, share: number): number {
  if (share === 0 || share === 1) return 0;
  const part = (count: number, expected: number) =>
    count === 0 ? 0 : count * Math.log(count / expected);
  const deviance = 2 *
    (part(having, results * share) + part(results - having, results * (1 - share)));
  return having >= results * share ? deviance : -deviance;
}
