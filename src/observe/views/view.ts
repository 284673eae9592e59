import type { Memory } from "./memory.ts";

/**
 * A header in place. One object is aimed at one packet after another, so that a packet costs no
 * allocation. The caller has checked that the header's fixed part lies before `end`.
 */
export abstract class View {
  protected readonly memory: Memory;
  /** Where the header begins. */
  protected at = 0;
  /** Where what was captured of the packet ends. */
  protected end = 0;

  constructor(memory: Memory) {
    this.memory = memory;
  }

  /** The octet at an offset within the fixed part. */
  protected u8(offset: number): number {
    return this.memory.octets[this.at + offset]!;
  }

  /** Two octets in network byte order. */
  protected u16(offset: number): number {
    const { octets } = this.memory;
    const at = this.at + offset;
    return octets[at]! << 8 | octets[at + 1]!;
  }

  /** Four octets in network byte order. */
  protected u32(offset: number): number {
    return this.u16(offset) * 0x1_0000 + this.u16(offset + 2);
  }

  /** Octets between two places, as far as they were captured; no copy. */
  protected part(from: number, to: number): Uint8Array {
    const last = Math.min(to, this.end);
    return this.memory.octets.subarray(Math.min(from, last), last);
  }
}
