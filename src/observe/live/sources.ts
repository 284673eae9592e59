import { Failure } from "../../host/failure.ts";
import type { FileInterface } from "../file/interfaces.ts";
import type { FlowTable } from "../flow_table.ts";
import type { PacketInterface } from "../packet_list.ts";

/** The most of them: on a host of containers names come and go. */
const MOST = 1024;

/** What is counted of an interface's drops. */
type Drops = Pick<FileInterface, "droppedByInterface" | "droppedBySystem">;

/** Where the packets of a live capture are seen, by the flow table's numbers. */
export class Sources {
  readonly #table: FlowTable;
  readonly #all: PacketInterface[] = [];

  constructor(table: FlowTable) {
    this.#table = table;
    table.beginFile();
  }

  /** Those that there are, by their numbers. */
  get interfaces(): readonly PacketInterface[] {
    return this.#all;
  }

  /**
   * The number of an interface, which is added unless it is known; null when there are too many.
   *
   * @throws {Failure} when memory is used up
   */
  number(one: PacketInterface): number | null {
    const { name, linkType, snaplen } = one;
    const known = this.#all.findIndex((other) =>
      other.name === name && other.linkType === linkType && other.snaplen === snaplen
    );
    if (known >= 0) return known;
    if (this.#all.length === MOST) return null;
    // Lengths on the wire are the kernel's own: what is as long as the snapshot was not cut unsaid
    const added = this.#table.addInterface({ linkType, snaplen: 0, resolution: 9, offset: 0 });
    if (!added) throw new Failure("out of memory: there is no room for another interface");
    return this.#all.push(one) - 1;
  }

  /** Describes them for statistics. */
  described(dropsOf: (number: number) => Drops): FileInterface[] {
    return this.#all.map((one, number) => ({
      ...one,
      ...{ filter: null, comment: null, packets: this.#table.packetsOn(number) },
      ...dropsOf(number),
    }));
  }
}
