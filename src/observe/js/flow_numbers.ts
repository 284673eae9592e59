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
  /** Of the packets that were listed last: where their IP headers are, in order, and their flows. */
  #headers: number[] = [];
  #flows: PacketFlow[] = [];
  #asked = 0;

  /** Other packets are listed now. */
  restart(): void {
    this.#headers = [];
    this.#flows = [];
    this.#asked = 0;
  }

  /**
   * Takes the packets that were described, in order.
   *
   * @param isListed whether a header lies in a listed packet: not that of a fragment which came before
   *   its first one, and has been passed on already
   */
  show({ words, list, count }: DescribedPackets, isListed: (header: number) => boolean): void {
    for (let i = 0; i < count; i++) {
      const at = list + i * descriptor.WORDS;
      const flow = words[at + descriptor.FLOW]!;
      if (flow === 0) continue; // of which a chain wants nothing
      const marks = words[at + descriptor.KIND]! >>> 16;
      let number = this.#numbers.get(flow);
      const isFirst = number === undefined || (marks & descriptor.FIRST) !== 0;
      if (isFirst) this.#numbers.set(flow, number = ++this.#last);
      const header = words[at + descriptor.IP]!;
      if (!isListed(header)) continue;
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

  /**
   * The flow of the packet between two places of memory; null when it is of none. Packets are asked
   * for in their order.
   */
  of(start: number, end: number): PacketFlow | null {
    while (this.#headers[this.#asked]! < start) this.#asked++;
    return this.#headers[this.#asked]! < end ? this.#flows[this.#asked]! : null;
  }
}
