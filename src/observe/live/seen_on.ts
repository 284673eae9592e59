import { interfaces } from "../../host/interface.ts";
import type { PacketInterface, PacketList } from "../packet_list.ts";
import type { Sources } from "./sources.ts";

/** Where a frame of link type `LINUX_SLL2` has the kernel's number of the interface it was seen on. */
const INDEX = 4;
/** Numbers that are remembered; beyond, all are looked up again. */
const MOST_KNOWN = 4096;

/** Finds out on which interface each packet of a capture on all of them was seen. */
export class SeenOn {
  readonly #sources: Sources;
  readonly #any: PacketInterface;
  readonly #anyNumber: number;
  readonly #known = new Map<number, number>();

  /** @param any all of them, for what cannot be told apart; it is known to `sources` */
  constructor(sources: Sources, any: PacketInterface) {
    this.#sources = sources;
    this.#any = any;
    this.#anyNumber = sources.number(any)!;
  }

  /** Says of listed packets where each was seen. */
  attribute(packets: PacketList): void {
    packets.attribute(INDEX, (index) => this.#known.get(index) ?? this.#lookUp(index));
  }

  /** An interface is called otherwise now, or is gone. */
  forget(index: number): void {
    this.#known.delete(index);
  }

  /** Anything may have changed. */
  forgetAll(): void {
    this.#known.clear();
  }

  #lookUp(index: number): number {
    if (this.#known.size === MOST_KNOWN) this.#known.clear();
    // One that has gone since has no name any more
    const name = interfaces().find((one) => one.index === index)?.name;
    const number = name === undefined ? null : this.#sources.number({ ...this.#any, name });
    this.#known.set(index, number ?? this.#anyNumber);
    return number ?? this.#anyNumber;
  }
}
