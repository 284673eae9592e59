import { type FileInterface, sum } from "./interfaces.ts";
import { Numbers } from "./numbers.ts";
import { optionsOf } from "./options.ts";

// Interface Description and Interface Statistics Blocks (draft-ietf-opsawg-pcapng, sections 4.2 and
// 4.6). Places are those in the whole block.

const LINK_TYPE = 8;
const SNAPLEN = 12;
const DESCRIPTION_OPTIONS = 16;
const STATISTICS_OPTIONS = 20;
const TRAILER = 4;

const COMMENT = 1;
const NAME = 2;
const RESOLUTION = 9;
const FILTER = 11;
const OFFSET = 14;
/** Of a filter that is text: the octet before it. */
const TEXT_FILTER = 0;
const DROPPED_BY_INTERFACE = 5;
const DROPPED_BY_SYSTEM = 7;

/** Microseconds, where the block has no resolution. */
const USUAL_RESOLUTION = 6;
/** No snapshot length is larger than that. */
const WHOLE = 262_144;
/** Octets that are kept of a text. */
const LONGEST_TEXT = 256;
/** Seconds that an offset may have, so that nanoseconds fit into 64 bits. */
const MOST_OFFSET = 9_000_000_000;

/** What an interface description says. */
export interface InterfaceBlock {
  readonly described: FileInterface;
  /** As the option if_tsresol has it. */
  readonly resolution: number;
  /** Seconds that are added to each time. */
  readonly offset: number;
}

/** Reads an interface description; null when it contradicts itself. */
export function interfaceOf(block: Uint8Array, little: boolean): InterfaceBlock | null {
  if (block.length < DESCRIPTION_OPTIONS + TRAILER) return null;
  const numbers = new Numbers(block, little);
  const options = optionsOf(numbers, DESCRIPTION_OPTIONS, block.length - TRAILER);
  if (options === null) return null;
  let name: string | null = null;
  let comment: string | null = null;
  let filter: string | null = null;
  let resolution = USUAL_RESOLUTION;
  let offset = 0;
  for (const { code, at, length } of options) {
    if (code === COMMENT) comment = text(block.subarray(at, at + length));
    else if (code === NAME) name = text(block.subarray(at, at + length));
    else if (code === FILTER && block[at] === TEXT_FILTER) {
      filter = text(block.subarray(at + 1, at + length));
    } else if (code === RESOLUTION) {
      if (length !== 1) return null;
      resolution = block[at]!;
    } else if (code === OFFSET) {
      if (length !== 8) return null;
      offset = Number(numbers.i64(at));
      if (Math.abs(offset) > MOST_OFFSET) return null;
    }
  }
  const described = {
    ...{ name, filter, comment, packets: 0 },
    linkType: numbers.u16(LINK_TYPE),
    snaplen: numbers.u32(SNAPLEN) || WHOLE,
    droppedByInterface: null,
    droppedBySystem: null,
  };
  return { described, resolution, offset };
}

/** Takes the drops of an interface from its statistics; false when they contradict themselves. */
export function noteStatistics(
  block: Uint8Array,
  little: boolean,
  interfaces: readonly FileInterface[],
): boolean {
  if (block.length < STATISTICS_OPTIONS + TRAILER) return false;
  const numbers = new Numbers(block, little);
  const one = interfaces[numbers.u32(8)];
  const options = optionsOf(numbers, STATISTICS_OPTIONS, block.length - TRAILER);
  if (one === undefined || options === null) return false;
  for (const { code, at, length } of options) {
    if (length !== 8 || code !== DROPPED_BY_INTERFACE && code !== DROPPED_BY_SYSTEM) continue;
    const dropped = Number(numbers.u64(at));
    if (!Number.isSafeInteger(dropped)) return false;
    // Counted from the begin of the capture on: the last word is the whole
    if (code === DROPPED_BY_INTERFACE) one.droppedByInterface = dropped;
    else one.droppedBySystem = dropped;
  }
  return true;
}

/** All drops of some interfaces; null where none are told. */
export function dropsOf(interfaces: readonly FileInterface[]) {
  return {
    byInterface: sum(...interfaces.map(({ droppedByInterface }) => droppedByInterface)),
    bySystem: sum(...interfaces.map(({ droppedBySystem }) => droppedBySystem)),
  };
}

function text(octets: Uint8Array): string {
  const kept = octets.subarray(0, LONGEST_TEXT);
  const end = kept.indexOf(0); // some write the zero of C with it
  return new TextDecoder().decode(end < 0 ? kept : kept.subarray(0, end));
}
