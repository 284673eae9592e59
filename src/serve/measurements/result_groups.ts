import { addressText } from "../../host/address.ts";
import { ProblemError } from "../http/problem.ts";
import type { NetworkTable } from "../page/network_table.ts";
import type { Measurement } from "./measurement.ts";
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

/** Addresses that are read at once, while nothing else is answered. */
const AT_ONCE = 10_000;
/** Groups that are kept while they are counted; those that stand out least are let go. */
const MOST_COUNTED = 100_000;
/** Groups of an answer. */
const MOST = 1000;
/** Answers that are kept. */
const MOST_KNOWN = 32;
/** How likely any group of an answer may stand out by chance. */
const CHANCE = 0.01;
/** Octets of the prefixes, by those of an address. */
const PREFIX: Readonly<Record<number, number>> = { 4: 3, 16: 6 };

type Tally = { readonly name: string | null; results: number; having: number };

/** Puts results together by their networks: one answer at a time, in pieces, and each once. */
export class ResultGroups {
  readonly #views: ResultViews;
  readonly #networks: () => NetworkTable | null;
  readonly #closing: AbortSignal;
  readonly #known = new Map<string, Promise<Groups>>();
  #work: Promise<unknown> = Promise.resolve();

  /** @param closing ends what is under way */
  constructor(views: ResultViews, networks: () => NetworkTable | null, closing: AbortSignal) {
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
    const networks = this.#networks();
    const prefixes = new PrefixTexts();
    const tallies = new Map<string, Tally>();
    /** The last group of each family, of which more may come. */
    const open = new Map<number, string>();
    let dropped = 0;
    const ordered = () =>
      [...tallies].map(([group, tally]) => ({
        group,
        ...tally,
        deviance: devianceOf(tally, share),
      }))
        .sort((a, b) => b.deviance - a.deviance || b.having - a.having || b.results - a.results);
    for (let after = new Uint8Array();;) {
      if (this.#closing.aborted) throw new ProblemError(503, "this server is ending");
      const some = this.#views.addresses(measurement, run, condition, after, AT_ONCE);
      for (const { address, ...counts } of some) {
        const network = networks?.of(address) ?? null;
        const group = by === "prefix" ? prefixes.of(address) : network?.[by] ?? "";
        open.set(address.length, group);
        const tally = tallies.get(group) ?? {
          name: by === "country" ? null : network?.name ?? null,
          ...{ results: 0, having: 0 },
        };
        tally.results += counts.results;
        tally.having += counts.having;
        tallies.set(group, tally);
      }
      if (some.length < AT_ONCE) break;
      if (tallies.size > MOST_COUNTED) {
        const kept = new Set([...open.values()]);
        for (const { group } of ordered().slice(MOST)) {
          if (kept.has(group)) continue;
          tallies.delete(group);
          dropped++;
        }
      }
      after = some.at(-1)!.address as Uint8Array<ArrayBuffer>;
      // Others are answered in between
      await new Promise((resolve) => setTimeout(resolve));
    }
    const all = ordered();
    const count = all.length + dropped;
    const groups = all.slice(0, MOST).map(({ deviance, ...group }) => ({
      ...group,
      stands_out: Math.exp(-deviance / 2) * count < CHANCE,
    }));
    return { results, having, groups, count };
  }
}

/** Prefixes of addresses that come in their order, each written once. */
class PrefixTexts {
  readonly #last = new Map<number, { readonly begin: Uint8Array; readonly text: string }>();

  of(address: Uint8Array): string {
    const kept = PREFIX[address.length]!;
    const last = this.#last.get(address.length);
    if (last?.begin.every((octet, at) => octet === address[at])) return last.text;
    const begin = address.slice(0, kept);
    const text = `${addressText(address.map((octet, at) => at < kept ? octet : 0))}/${kept * 8}`;
    this.#last.set(address.length, { begin, text });
    return text;
  }
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
