/** Builds pcapng files block by block, for tests; every length can be wrong. */
import { join } from "./packets.ts";

/** An option of a block: its code and its value. */
export type Option = readonly [code: number, value: Uint8Array | readonly number[]];

export interface Description {
  readonly linkType?: number;
  readonly snaplen?: number;
  /** if_tsresol as it stands in a file. */
  readonly resolution?: number;
  /** if_tsoffset, seconds. */
  readonly offset?: bigint;
  readonly options?: readonly Option[];
}

export interface PacketFields {
  /** Units of the interface's resolution. */
  readonly time?: bigint;
  readonly source?: number;
  readonly wire?: number;
  readonly captured?: number;
  readonly options?: readonly Option[];
}

/** Blocks in one byte order. */
export class Blocks {
  readonly #little: boolean;

  constructor(bigEndian = false) {
    this.#little = !bigEndian;
  }

  u16(value: number): Uint8Array {
    const view = new DataView(new ArrayBuffer(2));
    view.setUint16(0, value, this.#little);
    return new Uint8Array(view.buffer);
  }

  u32(value: number): Uint8Array {
    const view = new DataView(new ArrayBuffer(4));
    view.setUint32(0, value, this.#little);
    return new Uint8Array(view.buffer);
  }

  u64(value: bigint): Uint8Array {
    const view = new DataView(new ArrayBuffer(8));
    view.setBigUint64(0, BigInt.asUintN(64, value), this.#little);
    return new Uint8Array(view.buffer);
  }

  /** A block; its lengths are right unless they are given. */
  block(
    type: number,
    body: Uint8Array,
    { length, again }: { readonly length?: number; readonly again?: number } = {},
  ): Uint8Array<ArrayBuffer> {
    const padded = join(body, new Uint8Array(-body.length & 3));
    const right = padded.length + 12;
    return join(
      this.u32(type),
      this.u32(length ?? right),
      padded,
      this.u32(again ?? length ?? right),
    );
  }

  #options(options: readonly Option[]): Uint8Array {
    if (options.length === 0) return new Uint8Array();
    return join(
      ...options.flatMap(([code, value]) => [
        this.u16(code),
        this.u16(value.length),
        value,
        new Uint8Array(-value.length & 3),
      ]),
      this.u32(0),
    );
  }

  section(major = 1): Uint8Array<ArrayBuffer> {
    const about = [this.u32(0x1a2b3c4d), this.u16(major), this.u16(0), this.u64(-1n)];
    return this.block(0x0a0d0d0a, join(...about));
  }

  described(about: Description = {}): Uint8Array<ArrayBuffer> {
    const { linkType = 1, snaplen = 0, resolution, offset, options = [] } = about;
    const all: Option[] = [...options];
    if (resolution !== undefined) all.push([9, [resolution]]);
    if (offset !== undefined) all.push([14, this.u64(offset)]);
    const body = [this.u16(linkType), this.u16(0), this.u32(snaplen), this.#options(all)];
    return this.block(1, join(...body));
  }

  #packet(frame: Uint8Array, { time = 0n, wire, captured, options = [] }: PacketFields) {
    return [
      this.u32(Number(BigInt.asUintN(64, time) >> 32n)),
      this.u32(Number(time & 0xffff_ffffn)),
      this.u32(captured ?? frame.length),
      this.u32(wire ?? frame.length),
      frame,
      new Uint8Array(-frame.length & 3),
      this.#options(options),
    ];
  }

  enhanced(frame: Uint8Array, fields: PacketFields = {}): Uint8Array<ArrayBuffer> {
    return this.block(6, join(this.u32(fields.source ?? 0), ...this.#packet(frame, fields)));
  }

  /** The obsolete packet block. */
  obsolete(frame: Uint8Array, fields: PacketFields = {}): Uint8Array<ArrayBuffer> {
    const begin = [this.u16(fields.source ?? 0), this.u16(7)];
    return this.block(2, join(...begin, ...this.#packet(frame, fields)));
  }

  simple(frame: Uint8Array, wire = frame.length): Uint8Array<ArrayBuffer> {
    return this.block(3, join(this.u32(wire), frame));
  }

  statistics(source: number, options: readonly Option[]): Uint8Array<ArrayBuffer> {
    return this.block(5, join(this.u32(source), new Uint8Array(8), this.#options(options)));
  }
}
