import type { FileInterface } from "./interfaces.ts";

/** Where the search for packets stopped, and why. */
export interface Found {
  /** The place from which it goes on. */
  readonly at: number;
  /** Octets that need not be read, behind what was. */
  readonly skip?: number;
  /** Why nothing that follows can be read, the end of a sentence. */
  readonly fault?: string;
}

/** A form that capture files have: finds the packets in octets that were read. */
export interface Format {
  /** The interfaces of the section at hand, by their numbers. */
  readonly interfaces: readonly FileInterface[];
  /** Those of all sections so far. */
  readonly described: readonly FileInterface[];
  /** Packets that cannot be read, by the name of the counter, and how many. */
  readonly counters: Readonly<Record<string, number>>;
  /** What is remarkable about it, in whole sentences, the first of each kind. */
  readonly remarks: readonly string[];

  /**
   * Lists packets between two places of the input, until there are no more whole ones, the list is
   * full, or those that are listed have to be taken first.
   *
   * @param offset where the first of the octets stands in the file
   * @param last whether nothing follows behind them
   */
  find(from: number, to: number, offset: number, last: boolean): Found;
}
