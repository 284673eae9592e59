import type { PacketInterface } from "../packet_list.ts";

/** An interface of a capture file, with what the file says of it. */
export interface FileInterface extends PacketInterface {
  /** The filter that packets had to pass to be captured; null where none is told. */
  readonly filter: string | null;
  /** What the file's author says of it; null when that is nothing. */
  readonly comment: string | null;
  /** Packets that were dissected. */
  packets: number;
  /** Dropped by the interface or its driver; null when that is not told. */
  droppedByInterface: number | null;
  /** Dropped because a buffer of the system was full; null when that is not told. */
  droppedBySystem: number | null;
}

/** Interfaces that are described; a file may have any number of sections, each with its own. */
const MOST_DESCRIBED = 1024;

/** The interfaces of the sections of a file, those that are described alike as one. */
export class FileInterfaces {
  readonly #all = new Map<string, FileInterface>();
  /** How many are not described, since there are too many. */
  left = 0;

  get described(): readonly FileInterface[] {
    return [...this.#all.values()];
  }

  /** Adds what was counted on an interface of a section that has ended. */
  add(one: FileInterface): void {
    const { name, linkType, snaplen, filter, comment } = one;
    const key = JSON.stringify([name, linkType, snaplen, filter, comment]);
    const known = this.#all.get(key);
    if (known === undefined) {
      if (this.#all.size < MOST_DESCRIBED) this.#all.set(key, { ...one });
      else this.left++;
      return;
    }
    known.packets += one.packets;
    known.droppedByInterface = sum(known.droppedByInterface, one.droppedByInterface);
    known.droppedBySystem = sum(known.droppedBySystem, one.droppedBySystem);
  }
}

/** The sum of counts of which some are not known; null when none is. */
export function sum(...counts: readonly (number | null)[]): number | null {
  const known = counts.filter((count) => count !== null);
  return known.length === 0 ? null : known.reduce((all, count) => all + count, 0);
}
