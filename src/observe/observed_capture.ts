import { counted } from "../host/quantity.ts";
import { linkPhrase } from "../host/link_type.ts";
import { dropsOf } from "./file/interface_block.ts";
import type { FileInterface } from "./file/interfaces.ts";
import { FileReader } from "./file/reader.ts";
import type { FlowTable } from "./flow_table.ts";
import type { PacketInterface } from "./packet_list.ts";
import { type Observation, observeFile } from "./observe.ts";

/** What a capture says of itself, for its statistics. */
export interface CaptureFacts {
  readonly interfaces: readonly FileInterface[];
  /** Packets that could not be read, by the name of the counter. */
  readonly counters: Readonly<Record<string, number>>;
  /** What is remarkable about it, in whole sentences without their end. */
  readonly remarks: readonly string[];
  /** Packets that were dropped before they were seen; null when that is not known. */
  readonly dropped: { readonly byInterface: number | null; readonly bySystem: number | null };
}

/** A capture that is observed: of an interface, or a file. */
export interface ObservedCapture extends Disposable {
  /** The interfaces, with a comma between them; null for a file. */
  readonly device: string | null;
  /** Where packets are seen, as far as that is known before the first one. */
  readonly seenOn: readonly PacketInterface[];
  /** How much of a file was read, from 0 to 1; null when that cannot be known. */
  readonly share: number | null;
  /** Why it broke off, the end of a sentence; null while it is whole. */
  readonly fault: string | null;
  /** Packets that the kernel has dropped so far. */
  readonly drops: number;
  /** Makes flow records of it, to its end. */
  observe(observation: Observation): Promise<void>;
  facts(): CaptureFacts;
}

/** A capture file. Throws a {@linkcode Failure} when it cannot be read. */
export class CaptureFile implements ObservedCapture {
  readonly device = null;
  readonly seenOn = [];
  readonly drops = 0;
  readonly #reader: FileReader;
  readonly #table: FlowTable;

  constructor(path: string, filter: string | undefined, table: FlowTable) {
    this.#table = table;
    this.#reader = FileReader.open(path, table);
    try {
      if (filter !== undefined) this.#reader.filter(filter);
    } catch (error) {
      this.#reader.close();
      throw error;
    }
  }

  get share(): number | null {
    return this.#reader.share;
  }

  get fault(): string | null {
    return this.#reader.fault;
  }

  async observe(observation: Observation): Promise<void> {
    await observeFile(this.#reader, observation);
  }

  facts(): CaptureFacts {
    const { described, counters, remarks } = this.#reader.format;
    return {
      interfaces: described,
      counters,
      remarks: [...remarks, ...this.#unread(described), ...this.#refused()],
      dropped: dropsOf(described),
    };
  }

  [Symbol.dispose](): void {
    this.#reader.close();
  }

  /** What was not read for the sake of its link type. */
  #unread(described: readonly FileInterface[]): string[] {
    const unread = new Map<number, number>();
    for (const { linkType, packets } of described) {
      if (packets === 0 || this.#table.knowsLink(linkType)) continue;
      unread.set(linkType, (unread.get(linkType) ?? 0) + packets);
    }
    return someOf(
      [...unread],
      ([linkType, packets]) =>
        `${counted(packets, "packet")} of ${linkPhrase(linkType)} could not be read`,
      (left) => `packets of ${counted(left, "more link type")} could not be read`,
    );
  }

  #refused(): string[] {
    return someOf(
      [...this.#reader.refusals],
      ([linkType, why]) => `the filter lets no packet of ${linkPhrase(linkType)} through: ${why}`,
      (left) => `the filter lets no packet of ${counted(left, "more link type")} through`,
    );
  }
}

/** Link types of which a sentence each is said: a file may have thousands, so that the others get one. */
const MOST_SENTENCES = 16;

function someOf<T>(
  all: readonly T[],
  sentence: (one: T) => string,
  others: (left: number) => string,
): string[] {
  const left = all.length - MOST_SENTENCES;
  return [...all.slice(0, MOST_SENTENCES).map(sentence), ...left > 0 ? [others(left)] : []];
}
