import type { Capture } from "../../host/capture.ts";
import type { FlowTable, LanePackets } from "../flow_table.ts";

/** Packets that are read at once. */
export const BATCH = 16_384;
/** How long the kernel gathers packets before it hands them over, in milliseconds. */
export const GATHER_MS = 20;
/**
 * How long a packet waits for earlier ones of other interfaces, in milliseconds: the kernel looks
 * whether a block is to be handed over in every `GATHER_MS`, and does so when it has seen it twice.
 */
export const HOLD = 3 * GATHER_MS;
/** Octets around a packet where it was read: its header, and what is kept for a zero (see MemoryStream). */
const AROUND = 17;
/** The most octets that libpcap ever hands over as one packet (MAXIMUM_SNAPLEN). */
const LONGEST_PACKET = 262_144;

/** A capture, as far as a lane needs it. */
export type LaneCapture = Pick<Capture, "read" | "snaplen" | "fraction" | "drained" | "ended">;

/**
 * What was read of one interface of a live capture, in its part of a flow table's input: packets
 * wait there until those of other interfaces that were captured before have been read.
 */
export class Lane implements LanePackets {
  readonly #table: FlowTable;
  readonly #begin: number;
  readonly #end: number;
  from: number;
  to: number;
  due: number;
  fraction = 1;
  source = 0;
  state: LanePackets["state"] = "closed";
  /** What is before this place was read at this time or earlier. */
  #mark: number;
  #markedAt = -Infinity;

  /** @param begin where its part of the input begins, and where that ends */
  constructor(table: FlowTable, begin: number, end: number) {
    this.#table = table;
    this.#begin = begin;
    this.#end = end;
    [this.from, this.to, this.due, this.#mark] = [begin, begin, begin, begin];
  }

  /** Whether nothing that was read waits. */
  get isEmpty(): boolean {
    return this.from === this.to;
  }

  /**
   * Reads what waits on an interface, as far as there is room.
   *
   * @param most packets at most
   * @param began when the reading of all lanes began, in milliseconds
   */
  fill(capture: LaneCapture, most: number, began: number, clock = monotonic): void {
    this.#makeRoom();
    const room = this.#end - this.to;
    this.state = "more";
    if (room < Math.min(capture.snaplen, LONGEST_PACKET) + AROUND) {
      // Better in another order than lost
      this.due = this.to;
      return;
    }
    this.to += capture.read(this.#table.inputBetween(this.to, this.#end), most);
    this.fraction = capture.fraction;
    if (capture.drained || capture.ended) this.state = "drained";
    if (began - this.#markedAt < HOLD) return;
    this.due = this.#mark;
    this.#mark = this.to;
    this.#markedAt = clock();
  }

  /** Its interface is away: nothing is read any more, and nothing waits for it. */
  close(): void {
    this.state = "closed";
  }

  /** Nothing earlier is still to be read anywhere. */
  release(): void {
    this.due = this.to;
  }

  #makeRoom(): void {
    const half = (this.#end - this.#begin) / 2;
    if (!this.isEmpty && (this.#end - this.to > half || this.from - this.#begin < half)) return;
    const shift = this.from - this.#begin;
    if (!this.isEmpty) {
      const input = this.#table.inputBetween(0, this.to);
      input.copyWithin(this.#begin, this.from, this.to);
    }
    this.from -= shift;
    this.to -= shift;
    this.due = Math.max(this.due - shift, this.#begin);
    this.#mark = Math.max(this.#mark - shift, this.#begin);
  }
}

function monotonic(): number {
  return performance.now();
}
