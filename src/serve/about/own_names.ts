import { inTime } from "../../host/in_time.ts";
import { reverseName } from "../../host/reverse_name.ts";

/** How long a name is taken as known, or as missing, in milliseconds. */
const GOOD_FOR = 600_000;
/** How long whoever asks waits for names, in milliseconds. */
const PATIENCE = 1000;

/** Looks up the name of an address; null where it has none. */
export type LookUpName = (address: string) => Promise<string | null>;

interface Known {
  readonly since: number;
  readonly looking: Promise<void>;
  name: string | null;
}

/** The names that others find when they look up this host's addresses, each asked for now and then. */
export class OwnNames {
  readonly #lookUp: LookUpName;
  readonly #now: () => number;
  #known = new Map<string, Known>();

  constructor(lookUp: LookUpName = reverseName, now = () => performance.now()) {
    this.#lookUp = lookUp;
    this.#now = now;
  }

  /** Addresses, each with its name behind it where one was found in time. */
  async of(addresses: readonly string[]): Promise<string[]> {
    const now = this.#now();
    // What this host has no more is forgotten
    this.#known = new Map(addresses.map((address) => {
      const before = this.#known.get(address);
      const isGood = before !== undefined && now - before.since < GOOD_FOR;
      return [address, isGood ? before : this.#look(address, now, before?.name ?? null)];
    }));
    const known = [...this.#known.values()];
    await inTime(Promise.all(known.map(({ looking }) => looking)), PATIENCE);
    return [...this.#known].map(([address, { name }]) =>
      name === null ? address : `${address} (${name})`
    );
  }

  #look(address: string, since: number, before: string | null): Known {
    const known: Known = {
      since,
      name: before,
      looking: this.#lookUp(address).then((name) => {
        known.name = name;
      }),
    };
    return known;
  }
}
