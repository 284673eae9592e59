import { count } from "../../host/quantity.ts";
import type { FlowTable } from "../flow_table.ts";
import { RECORD_HEADER } from "../records.ts";
import type { Format, Found } from "./format.ts";
import type { FileInterface } from "./interfaces.ts";
import { Numbers } from "./numbers.ts";

// A pcap file (draft-ietf-opsawg-pcap): magic number, version (2.4), two words that are not used,
// snapshot length, link type.

/** Octets before the first record. */
export const PCAP_HEADER = 24;

/** What a magic number says. */
interface Magic {
  /** What a unit of a time's fraction is worth, in nanoseconds. */
  readonly fraction: 1 | 1000;
  /** Octets before a packet. */
  readonly record: number;
}

const MAGIC: ReadonlyMap<number, Magic> = new Map([
  [0xa1b2c3d4, { fraction: 1000, record: RECORD_HEADER }],
  [0xa1b23c4d, { fraction: 1, record: RECORD_HEADER }],
  // A change to libpcap that was common on Linux: behind the usual words stand the interface's
  // number, the protocol and the direction
  [0xa1b2cd34, { fraction: 1000, record: 24 }],
]);
const MAJOR = 4;
const MINOR = 6;
const SNAPLEN = 16;
const LINK_TYPE = 20;
const MAJOR_VERSION = 2;
const MINOR_VERSION = 4;
/** The upper bits say how long the frame check sequence is. */
const LINK_TYPE_BITS = 0xffff;

/** Where a record says how many octets of its packet were captured. */
const CAPTURED = 8;
/** The most octets that a packet may have, as libpcap reads files (MAXIMUM_SNAPLEN). */
const LONGEST = 262_144;

/** Whether a file begins as pcap files do. */
export function isPcap(begin: Uint8Array): boolean {
  return begin.length >= 4 && orderOf(begin) !== null;
}

/** Whether it has the byte order of this host, little endian; null when it is no pcap file. */
function orderOf(begin: Uint8Array): boolean | null {
  for (const little of [true, false]) {
    if (MAGIC.has(new Numbers(begin, little).u32(0))) return little;
  }
  return null;
}

/** Records of a pcap file, behind its header. */
export class PcapFormat implements Format {
  readonly #table: FlowTable;
  readonly #little: boolean;
  readonly #magic: Magic;
  readonly #only: FileInterface;
  readonly counters = {};
  readonly remarks: readonly string[] = [];

  /** @param fail makes what to throw when it cannot be read */
  constructor(header: Uint8Array, table: FlowTable, fail: (why: string) => Error) {
    if (header.length < PCAP_HEADER) throw fail("it ends within its header");
    const numbers = new Numbers(header, orderOf(header)!);
    const [major, minor] = [numbers.u16(MAJOR), numbers.u16(MINOR)];
    if (major !== MAJOR_VERSION || minor !== MINOR_VERSION) {
      throw fail(
        `it is of version ${major}.${minor} of pcap, not of ${MAJOR_VERSION}.${MINOR_VERSION}: convert it with editcap`,
      );
    }
    this.#table = table;
    this.#little = numbers.little;
    this.#magic = MAGIC.get(numbers.u32(0))!;
    const linkType = numbers.u32(LINK_TYPE) & LINK_TYPE_BITS;
    const snaplen = numbers.u32(SNAPLEN);
    table.addInterface({ linkType, snaplen, resolution: 9, offset: 0 });
    this.#only = {
      ...{ name: null, linkType, filter: null, comment: null, packets: 0 },
      snaplen: snaplen === 0 || snaplen > LONGEST ? LONGEST : snaplen,
      droppedByInterface: null,
      droppedBySystem: null,
    };
  }

  get interfaces(): readonly FileInterface[] {
    return [this.#only];
  }

  get described(): readonly FileInterface[] {
    return [{ ...this.#only, packets: this.#table.packetsOn(0) }];
  }

  find(from: number, to: number, offset: number, last: boolean): Found {
    const { fraction, record } = this.#magic;
    const at = this.#table.findRecords(from, to, !this.#little, fraction, LONGEST, record);
    const left = to - at;
    if (this.#table.packets.isFull || left === 0) return { at };
    if (left >= record) {
      const octets = this.#table.inputBetween(at, at + record);
      const captured = new Numbers(octets, this.#little).u32(CAPTURED);
      if (captured > LONGEST) {
        const place = count(offset + at - from);
        return {
          at,
          fault: `the packet at octet ${place} says that it has ${
            count(captured)
          } octets, more than any may have`,
        };
      }
    }
    return last ? { at, fault: "it ends in the middle of a packet" } : { at };
  }
}
