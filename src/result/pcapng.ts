import { linkTypeOf } from "../host/link_type.ts";
import type { OutputStream } from "../host/streams.ts";
import type { PacketFlow } from "../observe/js/flow_numbers.ts";
import type { PacketInterface, Packets } from "../observe/packet_list.ts";
import { OutputFile } from "./output_file.ts";

const SECTION = 0x0a0d0d0a;
const INTERFACE = 1;
const PACKET = 6;
const STATISTICS = 5;
const BYTE_ORDER = 0x1a2b3c4d;

const OPTION = { comment: 1, name: 2, resolution: 9, dropped: 5 } as const;
/** Times are in powers of ten of a second: nanoseconds. */
const NANOSECONDS = 9;
/** Octets of an enhanced packet block before its packet, and around it. */
const BEFORE = 28;
const AROUND = 32;

/** Writes packets as pcapng (draft-ietf-opsawg-pcapng), each with its interface, with times in nanoseconds. */
export class PcapngWriter {
  readonly #file: OutputFile;
  /** The numbers of interfaces, by their descriptions. */
  readonly #interfaces = new Map<string, number>();
  /** The same by the object, which packets of one interface mostly share. */
  readonly #numbers = new WeakMap<PacketInterface, number>();
  #time = 0n;

  /**
   * Opens the file, which is made or emptied; standard output is open already.
   *
   * @param inputs files that are being read, and so must not be emptied
   * @throws {Failure} when it cannot be written
   */
  constructor(path: string | OutputStream, inputs: readonly string[] = []) {
    this.#file = OutputFile.open(path, inputs);
    const section = new DataView(new ArrayBuffer(16));
    section.setUint32(0, BYTE_ORDER, true);
    section.setUint16(4, 1, true);
    section.setBigInt64(8, -1n, true);
    this.#file.write(block(SECTION, [new Uint8Array(section.buffer)]));
  }

  /** Adds an interface, unless there is one like it already; its number. */
  add(one: PacketInterface): number {
    const before = this.#numbers.get(one);
    if (before !== undefined) return before;
    const { name, linkType, snaplen } = one;
    const key = JSON.stringify([name, linkType, snaplen]);
    let number = this.#interfaces.get(key);
    if (number === undefined) {
      number = this.#interfaces.size;
      this.#interfaces.set(key, number);
      const about = new DataView(new ArrayBuffer(8));
      about.setUint16(0, linkTypeOf(linkType), true);
      about.setUint32(4, snaplen, true);
      this.#file.write(block(INTERFACE, [
        new Uint8Array(about.buffer),
        ...name === null ? [] : [option(OPTION.name, new TextEncoder().encode(name))],
        option(OPTION.resolution, Uint8Array.of(NANOSECONDS)),
        option(0, new Uint8Array()),
      ]));
    }
    this.#numbers.set(one, number);
    return number;
  }

  /**
   * Writes packets.
   *
   * @throws {Failure} when the disk is full or gone; the file then ends with the last batch that fits
   */
  write(packets: Packets): void {
    const { count } = packets;
    const sources: number[] = [];
    const comments: Uint8Array[] = [];
    let length = 0;
    for (let i = 0; i < count; i++) {
      sources.push(this.add(packets.seenOn(i)));
      const comment = commentOf(packets.flow?.(i) ?? null);
      comments.push(comment);
      length += padded(packets.captured(i)) + comment.length + AROUND;
    }
    const blocks = new Uint8Array(length);
    const view = new DataView(blocks.buffer);
    let at = 0;
    for (let i = 0; i < count; i++) {
      const frame = packets.frame(i);
      const comment = comments[i]!;
      const whole = padded(frame.length) + comment.length + AROUND;
      this.#time = packets.time(i);
      view.setUint32(at, PACKET, true);
      view.setUint32(at + 4, whole, true);
      view.setUint32(at + 8, sources[i]!, true);
      setTime(view, at + 12, this.#time);
      view.setUint32(at + 20, frame.length, true);
      view.setUint32(at + 24, packets.wireLength(i), true);
      blocks.set(frame, at + BEFORE);
      blocks.set(comment, at + BEFORE + padded(frame.length));
      view.setUint32(at + whole - 4, whole, true);
      at += whole;
    }
    if (length > 0) this.#file.write(blocks);
  }

  /**
   * Ends the file.
   *
   * @param dropped packets of the first interface that the kernel did not hand over; undefined when
   *   that is not known
   */
  close(dropped?: number): void {
    try {
      if (dropped !== undefined && this.#interfaces.size > 0) {
        this.#file.write(this.#drops(dropped));
      }
    } finally {
      this.#file.close();
    }
  }

  #drops(dropped: number): Uint8Array {
    const about = new DataView(new ArrayBuffer(12));
    setTime(about, 4, this.#time);
    const count = new DataView(new ArrayBuffer(8));
    count.setBigUint64(0, BigInt(dropped), true);
    return block(STATISTICS, [
      new Uint8Array(about.buffer),
      option(OPTION.dropped, new Uint8Array(count.buffer)),
      option(0, new Uint8Array()),
    ]);
  }
}

const NOTHING = new Uint8Array();

const encoder = new TextEncoder();

/** Options that say which flow a packet is of. */
function commentOf(flow: PacketFlow | null): Uint8Array {
  if (flow === null) return NOTHING;
  const { number, isReverse, isFirst } = flow;
  const text = `flow ${number}, ${isReverse ? "reverse" : "forward"}${isFirst ? ", first" : ""}`;
  // ASCII, and short; what ends the options is four octets of 0
  const options = new Uint8Array(4 + padded(text.length) + 4);
  options[0] = OPTION.comment;
  options[2] = text.length;
  encoder.encodeInto(text, options.subarray(4));
  return options;
}

/** Puts a time where its upper half comes first. */
function setTime(view: DataView, at: number, time: bigint): void {
  view.setUint32(at, Number(time >> 32n), true);
  view.setUint32(at + 4, Number(time & 0xffff_ffffn), true);
}

function block(type: number, parts: readonly Uint8Array[]): Uint8Array {
  const whole = parts.reduce((sum, { length }) => sum + length, 12);
  const view = new DataView(new ArrayBuffer(whole));
  const bytes = new Uint8Array(view.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, whole, true);
  let at = 8;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  view.setUint32(whole - 4, whole, true);
  return bytes;
}

function option(code: number, value: Uint8Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 + padded(value.length)));
  view.setUint16(0, code, true);
  view.setUint16(2, value.length, true);
  new Uint8Array(view.buffer).set(value, 4);
  return new Uint8Array(view.buffer);
}

function padded(length: number): number {
  return length + 3 & ~3;
}
