// One packet as wasm/assembly/describe.ts describes it: a time in microseconds, then words of 32 bits.

/** Packets that are described at once: few enough to stay in the processor's cache. */
export const MOST = 4096;

/** Octets of a descriptor. */
export const SIZE = 32;
/** Words of a descriptor. */
export const WORDS = SIZE / 4;

/** Places of its words. No packet is of flow 0. */
export const FLOW = 2;
export const IP = 3;
export const TRANSPORT = 4;
export const END = 5;
export const LENGTH = 6;
/** Protocol, version and marks, an octet each. */
export const KIND = 7;

/**
 * Marks: the packet goes in reverse, is the first of its flow, quotes a packet of its flow; and of
 * one that was inspected, its transport header is whole.
 */
export const REVERSE = 1;
export const FIRST = 2;
export const QUOTING = 4;
export const WHOLE = 8;
