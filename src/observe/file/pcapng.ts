import { NO_LINK_TYPE } from "../../host/link_type.ts";
import { count, counted } from "../../host/quantity.ts";
import type { FlowTable } from "../flow_table.ts";
import type { Format, Found } from "./format.ts";
import { interfaceOf, noteStatistics } from "./interface_block.ts";
import { type FileInterface, FileInterfaces } from "./interfaces.ts";
import { Numbers } from "./numbers.ts";

// pcapng (draft-ietf-opsawg-pcapng): blocks of a type, a length, a body, and the length again. The
// module lists the packets of blocks that are as they should be (wasm/assembly/capture/blocks.ts);
// all others are judged here. Where lengths contradict each other, nobody can tell where the next
// block begins; where only a body is wrong, reading goes on behind it.

const SECTION = 0x0a0d0d0a;
const INTERFACE = 1;
const PACKET = 2; // obsolete
const SIMPLE_PACKET = 3;
const STATISTICS = 5;
const ENHANCED_PACKET = 6;

const BYTE_ORDER = 0x1a2b3c4d;
const MAJOR_VERSION = 1;
/** A block without a body. */
const SHORTEST = 12;
/** A section header without options. */
const SHORTEST_SECTION = 28;
/** What is read of a block to know what it is: of a section header the byte order too. */
const BEGIN = 12;
/** An enhanced packet block, or an obsolete one, without its packet. */
const AROUND_PACKET = 32;
/** The most octets of a block that is read as a whole: more than any packet with its options has. */
export const LONGEST_BLOCK = 1 << 20;
/** The most interfaces of a section. */
const MOST_INTERFACES = 65_536;

/** Whether a file begins as pcapng files do. */
export function isPcapng(begin: Uint8Array): boolean {
  return begin.length >= BEGIN && new Numbers(begin, true).u32(0) === SECTION &&
    orderOf(begin) !== null;
}

/** Whether a section that begins so has the byte order of this host, little endian; null when it says neither. */
function orderOf(section: Uint8Array): boolean | null {
  for (const little of [true, false]) {
    if (new Numbers(section, little).u32(8) === BYTE_ORDER) return little;
  }
  return null;
}

/** Blocks of a pcapng file. */
export class PcapngFormat implements Format {
  readonly #table: FlowTable;
  readonly #sections = new FileInterfaces();
  readonly #remarks = new Map<string, string>();
  #little = true;
  #interfaces: FileInterface[] = [];
  readonly counters = { damaged: 0, unknown_interface: 0, unusable_time: 0 };

  constructor(table: FlowTable) {
    this.#table = table;
  }

  get interfaces(): readonly FileInterface[] {
    return this.#interfaces;
  }

  get described(): readonly FileInterface[] {
    return this.#all().described;
  }

  get remarks(): readonly string[] {
    const { left } = this.#all();
    return [
      ...this.#remarks.values(),
      ...left === 0 ? [] : [`${counted(left, "more interface")} are not in the statistics`],
    ];
  }

  /** The interfaces of all sections. */
  #all(): FileInterfaces {
    const all = new FileInterfaces();
    for (const one of [...this.#sections.described, ...this.#counted()]) all.add(one);
    all.left += this.#sections.left;
    return all;
  }

  find(from: number, to: number, offset: number, last: boolean): Found {
    const { packets } = this.#table;
    for (let at = from;;) {
      at = this.#table.findBlocks(at, to, !this.#little);
      if (packets.isFull || at === to) return { at };
      const place = count(offset + at - from);
      const cut = { at, fault: `it ends in the middle of the block at octet ${place}` };
      if (to - at < BEGIN) return last ? cut : { at };
      const begin = this.#table.inputBetween(at, at + BEGIN);
      let numbers = new Numbers(begin, this.#little);
      const isSection = numbers.u32(0) === SECTION; // the same in either byte order
      if (isSection) {
        // What is listed belongs to interfaces of the section before
        if (packets.count > 0) return { at };
        const little = orderOf(begin);
        if (little === null) {
          return { at, fault: `the section at octet ${place} has no byte order` };
        }
        numbers = new Numbers(begin, little);
      }
      const length = numbers.u32(4);
      if (length < SHORTEST || length % 4 !== 0) {
        return {
          at,
          fault:
            `the block at octet ${place} says that it has ${count(length)} octets: a block has ` +
            `${SHORTEST} or more, and whole words`,
        };
      }
      if (length > to - at && length > LONGEST_BLOCK) return this.#tooLong(at, to, place, numbers);
      if (length > to - at) return last ? cut : { at };
      const block = this.#table.inputBetween(at, at + length);
      const again = new Numbers(block, numbers.little).u32(length - 4);
      if (again !== length) {
        return {
          at,
          fault: `the block at octet ${place} begins with a length of ${
            count(length)
          } octets, and ends with one of ${count(again)}`,
        };
      }
      const fault = isSection
        ? this.#beginSection(block, numbers.little)
        : this.#judge(numbers.u32(0), block, place);
      if (fault !== null) return { at, fault };
      at += length;
    }
  }

  /** A block that is not read as a whole: nothing that is needed is in it, or it is damaged. */
  #tooLong(at: number, to: number, place: string, numbers: Numbers): Found {
    const [type, length] = [numbers.u32(0), numbers.u32(4)];
    if (![SECTION, INTERFACE, PACKET, SIMPLE_PACKET, ENHANCED_PACKET].includes(type)) {
      return { at: to, skip: length - (to - at) };
    }
    const fault = `the block at octet ${place} says that it has ${
      count(length)
    } octets, more than one of its kind may have`;
    return { at, fault };
  }

  /** Begins a section; why it cannot be read, or null. */
  #beginSection(block: Uint8Array, little: boolean): string | null {
    const numbers = new Numbers(block, little);
    if (block.length < SHORTEST_SECTION) return "a section header is too short";
    const major = numbers.u16(12);
    if (major !== MAJOR_VERSION) {
      return `it has a section of version ${major} of pcapng, and ${MAJOR_VERSION} is known`;
    }
    for (const one of this.#counted()) this.#sections.add(one);
    this.#little = little;
    this.#interfaces = [];
    this.#table.beginSection();
    return null;
  }

  /** Takes a block that the module has not listed; why nothing behind it can be read, or null. */
  #judge(type: number, block: Uint8Array, place: string): string | null {
    if (type === INTERFACE) return this.#addInterface(block, place);
    if (type === STATISTICS) {
      if (!noteStatistics(block, this.#little, this.#interfaces)) this.#damaged(place);
    } else if (type === SIMPLE_PACKET || type === ENHANCED_PACKET || type === PACKET) {
      this.#passOver(type, block, place);
    }
    return null;
  }

  #addInterface(block: Uint8Array, place: string): string | null {
    if (this.#interfaces.length === MOST_INTERFACES) {
      return `a section has more than ${count(MOST_INTERFACES)} interfaces`;
    }
    const found = interfaceOf(block, this.#little);
    if (found === null) this.#damaged(place);
    const { described, resolution, offset } = found ?? BROKEN;
    this.#interfaces.push(described);
    const { linkType, snaplen } = described;
    const added = this.#table.addInterface({ linkType, snaplen, resolution, offset });
    return added ? null : "there is no memory for so many interfaces";
  }

  /** Says and counts why a packet was not listed. */
  #passOver(type: number, block: Uint8Array, place: string): void {
    const numbers = new Numbers(block, this.#little);
    const simple = type === SIMPLE_PACKET;
    if (!simple && block.length < AROUND_PACKET) return this.#damaged(place);
    const source = simple ? 0 : type === PACKET ? numbers.u16(8) : numbers.u32(8);
    if (source >= this.#interfaces.length) {
      this.counters.unknown_interface++;
      this.#remark(
        "unknown interface",
        `the packet at octet ${place} is of an interface that the file does not describe`,
      );
      return;
    }
    if (simple || numbers.u32(20) > block.length - AROUND_PACKET) return this.#damaged(place);
    this.counters.unusable_time++;
    this.#remark(
      "time",
      `the packet at octet ${place} has a time that is not between 1970 and 2262`,
    );
  }

  #damaged(place: string): void {
    this.counters.damaged++;
    this.#remark("damaged", `the block at octet ${place} contradicts itself`);
  }

  #remark(kind: string, sentence: string): void {
    if (!this.#remarks.has(kind)) this.#remarks.set(kind, sentence);
  }

  /** The interfaces of the section at hand with what was counted on them. */
  #counted(): FileInterface[] {
    return this.#interfaces.map((one, i) => ({ ...one, packets: this.#table.packetsOn(i) }));
  }
}

/** An interface whose description contradicts itself: it has a place among them, but nothing on it is read. */
const BROKEN = {
  described: {
    ...{ name: null, linkType: NO_LINK_TYPE, snaplen: 0, filter: null, comment: null, packets: 0 },
    droppedByInterface: null,
    droppedBySystem: null,
  },
  resolution: 6,
  offset: 0,
} as const satisfies ReturnType<typeof interfaceOf>;
