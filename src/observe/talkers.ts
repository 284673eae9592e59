/** What one address sent and received. */
export interface Talker {
  flows: number;
  /** Packets from and to it. */
  packets: number;
  /** Octets from and to it; those that it sent to itself count once. */
  octets: number;
  sent: number;
  received: number;
}

/**
 * Counts octets by address in bounded memory: it is exact up to twice `keep` addresses; beyond,
 * only the `keep` largest are kept each time, and `error` says how much any count may lack.
 */
export class Talkers {
  readonly #keep: number;
  #all = new Map<string, Talker>();
  /** How many octets an address may have had more than is counted for it. */
  error = 0;

  constructor(keep = 65_536) {
    this.#keep = keep;
  }

  /** Counts one direction of a flow, or both when it goes from an address to itself. */
  add(address: string, sent: number, received: number, octets: number, packets: number): void {
    let talker = this.#all.get(address);
    if (talker === undefined) {
      if (this.#all.size >= 2 * this.#keep) this.#forget();
      talker = { flows: 0, packets: 0, octets: 0, sent: 0, received: 0 };
      this.#all.set(address, talker);
    }
    talker.flows++;
    talker.packets += packets;
    talker.octets += octets;
    talker.sent += sent;
    talker.received += received;
  }

  /** The `count` addresses with the most octets, the largest first. */
  top(count: number): [string, Talker][] {
    return this.#sorted().slice(0, count);
  }

  #forget(): void {
    const sorted = this.#sorted();
    this.error += sorted[this.#keep]![1].octets;
    this.#all = new Map(sorted.slice(0, this.#keep));
  }

  #sorted(): [string, Talker][] {
    return [...this.#all].sort(([a, one], [b, other]) =>
      other.octets - one.octets || (a < b ? -1 : 1)
    );
  }
}
