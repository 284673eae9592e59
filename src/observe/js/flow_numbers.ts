import * as descriptor from "../views/descriptor.ts";
import type { DescribedPackets } from "./hook_walk.ts";

/** What a packet is to its flow. */
export interface PacketFlow {
  /** Flows are numbered from 1 in the order in which they begin; a part of one (`--active`) counts as one. */
  readonly number: number;
  readonly isReverse: boolean;
  readonly isFirst: boolean;
}

/** Numbers the flows that a dissector describes packets of, and knows each listed packet's. */
export class FlowNumbers {
  /** By the flow's place in memory. */
  readonly #numbers = new Map<number, number>();
  #last = 0;
  /** Of the packets that were listed last: where their IP headers are, and their flows. */
  #headers: number[] = [];
  #flows: PacketFlow[] = [];
  #isSorted = true;

  /** Other packets are listed now. */
  restart(): void {
    this.#headers = [];
    this.#flows = [];
    this.#isSorted = true;
  }

  /**
   * Takes the packets that were described, in order.
   *
   * @param placeOf where the header that is described lies in a listed packet; 0 where it does not: it is that
   *   of a fragment which came before its first one, or of a packet that was held aside, and has been
   *   passed on already
   */
  show({ words, list, count }: DescribedPackets, placeOf: (header: number) => number): void {
    for (let i = 0; i < count; i++) {
      const at = list + i * descriptor.WORDS;
      const flow = words[at + descriptor.FLOW]!;
      if (flow === 0) continue; // of which a chain wants nothing
      const marks = words[at + descriptor.KIND]! >>> 16;
      let number = this.#numbers.get(flow);
      const isFirst = number === undefined || (marks & descriptor.FIRST) !== 0;
      if (isFirst) this.#numbers.set(flow, number = ++this.#last);
      const header = placeOf(words[at + descriptor.IP]!);
      if (header === 0) continue;
      // One that was held aside is described behind others, and interfaces have places of their own
      if (header < this.#headers.at(-1)!) this.#isSorted = false;
      this.#headers.push(header);
      this.#flows.push({
        number: number!,
        isReverse: (marks & descriptor.REVERSE) !== 0,
        isFirst,
      });
    }
  }

  /** A flow has ended. */
  end(flow: number): void {
    this.#numbers.delete(flow);
  }

  /** The flow of the packet between two places of memory; null when it is of none. */
  of(start: number, end: number): PacketFlow | null {
    if (!this.#isSorted) this.#sort();
    let [low, high] = [0, this.#headers.length];
    while (low < high) {
      const middle = low + high >> 1;
      if (this.#headers[middle]! < start) low = middle + 1;
      else high = middle;
    }
    return this.#headers[low]! < end ? this.#flows[low]! : null;
  }

  #sort(): void {
    const places = this.#headers.map((_, i) => i);
    places.sort((a, b) => this.#headers[a]! - this.#headers[b]!);
    this.#headers = places.map((place) => this.#headers[place]!);
    this.#flows = places.map((place) => this.#flows[place]!);
    this.#isSorted = true;
  }
}
