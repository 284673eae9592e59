import {
  MOST as MOST_PACKETS,
  SIZE as SIZE_OF_DESCRIPTOR,
} from "../../../observe/views/descriptor.ts";

/**
 * The memory that the program shares with the worker of a chain: a request with packets or flows, and
 * the answer. One request at a time; the program stands still until it is answered.
 */

/** Octets of the packets of a request. A packet that is longer is shown cut. */
export const MOST_OCTETS = 1 << 20;
/** Flows that a request names. */
export const MOST_FLOWS = 1 << 14;
/** Characters of the fields of one flow. */
export const MOST_FIELDS = 1 << 14;
/** Octets of the text of an answer: room for the fields of many flows. */
export const MOST_TEXT = 1 << 19;

/** Places in `head`. */
export const HEAD = {
  state: 0,
  operation: 1,
  table: 2,
  packets: 3,
  octets: 4,
  /** Flows that have ended before the packets, or whose fields are asked for. */
  flows: 5,
  /** How many of these flows are answered. */
  answered: 6,
  /** Octets of the text of the answer: one JSON object for each flow in a line, or what was thrown. */
  text: 7,
} as const;

/** Values of `head[HEAD.state]`. */
export const STATE = { asked: 1, answered: 2, failed: 3 } as const;

/** Values of `head[HEAD.operation]`. */
export const OPERATION = { walk: 1, fields: 2 } as const;

const HEADER = 64;

/** Octets of the whole. */
const SIZE = HEADER + MOST_PACKETS * (SIZE_OF_DESCRIPTOR + 1) + MOST_FLOWS * 4 + MOST_OCTETS +
  MOST_TEXT;

/** The parts of the memory. */
export interface SharedParts {
  readonly head: Int32Array;
  /** Descriptors of packets by words, whose places count from the first packet; and by eight octets. */
  readonly words: Uint32Array;
  readonly times: Float64Array;
  readonly flows: Uint32Array;
  readonly octets: Uint8Array;
  /** A verdict on each packet. */
  readonly verdicts: Uint8Array;
  readonly text: Uint8Array;
}

/** Memory that can be shared. */
export function shareable(): SharedArrayBuffer {
  return new SharedArrayBuffer(SIZE);
}

/** Its parts. */
export function partsOf(memory: SharedArrayBuffer): SharedParts {
  let at = 0;
  const next = (octets: number): number => {
    at += octets;
    return at - octets;
  };
  const head = new Int32Array(memory, next(HEADER), HEADER / 4);
  const descriptors = next(MOST_PACKETS * SIZE_OF_DESCRIPTOR);
  return {
    head,
    words: new Uint32Array(memory, descriptors, MOST_PACKETS * SIZE_OF_DESCRIPTOR / 4),
    times: new Float64Array(memory, descriptors, MOST_PACKETS * SIZE_OF_DESCRIPTOR / 8),
    flows: new Uint32Array(memory, next(MOST_FLOWS * 4), MOST_FLOWS),
    octets: new Uint8Array(memory, next(MOST_OCTETS), MOST_OCTETS),
    verdicts: new Uint8Array(memory, next(MOST_PACKETS), MOST_PACKETS),
    text: new Uint8Array(memory, next(MOST_TEXT), MOST_TEXT),
  };
}
