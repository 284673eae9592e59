import type { PacketFlow } from "./js/flow_numbers.ts";
import type { WasmExports } from "../host/wasm.ts";

/** The most packets that are listed at once (wasm/assembly/capture/list.ts). */
export const MOST_LISTED = 4096;

// `Listed` of the module, in words of 32 bits: time, start, captured, on the wire, interface
const WORDS = 6;
const START = 2;
const CAPTURED = 3;
const WIRE = 4;
const SOURCE = 5;

/** Packets of a capture, with the interfaces that they were seen on. Good for the time of a call. */
export interface Packets {
  readonly count: number;
  /** Nanoseconds since 1970. */
  time(i: number): bigint;
  /** Octets of it that were captured. */
  captured(i: number): number;
  /** Those octets, from its link's header on. */
  frame(i: number): Uint8Array<ArrayBuffer>;
  /** Octets that it had on the wire. */
  wireLength(i: number): number;
  /** The interface that it was seen on. */
  seenOn(i: number): PacketInterface;
  /** The flow that it was counted to; null when there is none. Missing where flows are not numbered. */
  readonly flow?: ((i: number) => PacketFlow | null) | undefined;
}

/** An interface, as far as is known of it. */
export interface PacketInterface {
  /** Null where a file does not name it. */
  readonly name: string | null;
  /** LINKTYPE value of files, or libpcap's own. */
  readonly linkType: number;
  /** Octets kept of each packet at most. */
  readonly snaplen: number;
}

/** The packets that were found in a flow table's input, before they are dissected. */
export class PacketList {
  readonly #wasm: WasmExports;
  #words = new Uint32Array();
  #times = new BigUint64Array();

  constructor(wasm: WasmExports) {
    this.#wasm = wasm;
  }

  get count(): number {
    return this.#wasm.packetsListed();
  }

  /** Whether no further packet can be listed. */
  get isFull(): boolean {
    return this.count === MOST_LISTED;
  }

  /** Leaves out all but the first packets. */
  cut(count: number): void {
    if (count < this.count) this.#wasm.setListed(count);
  }

  /**
   * Those that are listed. Good until a call that may move memory.
   *
   * @param interfaces by their numbers
   */
  view(interfaces: readonly PacketInterface[]): Packets {
    this.#look();
    const [words, times] = [this.#words, this.#times];
    const buffer = words.buffer as ArrayBuffer;
    return {
      count: this.count,
      time: (i) => times[i * WORDS / 2]!,
      captured: (i) => words[i * WORDS + CAPTURED]!,
      frame(i) {
        const at = i * WORDS;
        return new Uint8Array(buffer, words[at + START]!, words[at + CAPTURED]!);
      },
      wireLength: (i) => words[i * WORDS + WIRE]!,
      seenOn: (i) => interfaces[words[i * WORDS + SOURCE]!]!,
    };
  }

  /**
   * Leaves out the packets that are not to be kept.
   *
   * @param keeps whether one is, by the number of its interface, where its frame begins in memory,
   *   its octets there and those on the wire
   */
  keep(
    keeps: (source: number, start: number, captured: number, wireLength: number) => boolean,
  ): void {
    this.#look();
    const words = this.#words;
    let to = 0;
    const end = this.count * WORDS;
    for (let at = 0; at < end; at += WORDS) {
      const [start, captured, wire, source] = [
        words[at + START]!,
        words[at + CAPTURED]!,
        words[at + WIRE]!,
        words[at + SOURCE]!,
      ];
      if (!keeps(source, start, captured, wire)) continue;
      if (to !== at) words.copyWithin(to, at, at + WORDS);
      to += WORDS;
    }
    this.#wasm.setListed(to / WORDS);
  }

  /**
   * Says of packets on which interface each was seen.
   *
   * @param at where 32 bits of each frame, big endian, tell it; shorter frames keep theirs
   * @param numberOf the interface's number, by what is there
   */
  attribute(at: number, numberOf: (told: number) => number): void {
    this.#look();
    const end = this.count * WORDS;
    let memory = new DataView(this.#words.buffer);
    for (let place = 0; place < end; place += WORDS) {
      if (this.#words[place + CAPTURED]! < at + 4) continue;
      const number = numberOf(memory.getUint32(this.#words[place + START]! + at));
      if (this.#words.length === 0) { // an interface was added, and memory has moved for it
        this.#look();
        memory = new DataView(this.#words.buffer);
      }
      this.#words[place + SOURCE] = number;
    }
  }

  /** Looks at linear memory again when it has moved. */
  #look(): void {
    const buffer = this.#wasm.memory.buffer as ArrayBuffer;
    if (this.#words.buffer === buffer) return;
    const at = this.#wasm.listAt() >>> 0;
    this.#words = new Uint32Array(buffer, at);
    this.#times = new BigUint64Array(buffer, at);
  }
}
