/** What a pcapng file says of its interface. */
export interface PcapngInterface {
  /** As pcap_datalink(3) gives it. */
  readonly linkType: number;
  /** Octets that are kept of a packet at most. */
  readonly snaplen: number;
  readonly name: string;
  /** What one unit of a packet's fraction of a second is worth, in nanoseconds. */
  readonly fraction: 1 | 1000;
}

const SECTION = 0x0a0d0d0a;
const INTERFACE = 1;
const PACKET = 6;
const STATISTICS = 5;
const BYTE_ORDER = 0x1a2b3c4d;

const OPTION = { name: 2, resolution: 9, dropped: 5 } as const;
/** Times are in powers of ten of a second: nanoseconds. */
const NANOSECONDS = 9;
/** What pcap_dump(3) writes before each packet. */
const RECORD = 16;
/** Octets of an enhanced packet block around its packet. */
const AROUND = 32;

/** Writes packets of one interface as pcapng (draft-ietf-opsawg-pcapng), with times in nanoseconds. */
export class PcapngWriter {
  readonly #file: Deno.FsFile;
  readonly #fraction: bigint;
  #time = 0n;

  constructor(path: string, { linkType, snaplen, name, fraction }: PcapngInterface) {
    this.#file = Deno.openSync(path, { write: true, create: true, truncate: true });
    this.#fraction = BigInt(fraction);
    const section = new DataView(new ArrayBuffer(16));
    section.setUint32(0, BYTE_ORDER, true);
    section.setUint16(4, 1, true);
    section.setBigInt64(8, -1n, true);
    const about = new DataView(new ArrayBuffer(8));
    about.setUint16(0, linkType, true);
    about.setUint32(4, snaplen, true);
    this.#put(block(SECTION, [new Uint8Array(section.buffer)]));
    this.#put(block(INTERFACE, [
      new Uint8Array(about.buffer),
      option(OPTION.name, new TextEncoder().encode(name)),
      option(OPTION.resolution, Uint8Array.of(NANOSECONDS)),
      option(0, new Uint8Array()),
    ]));
  }

  /** Writes packets that pcap_dump(3) has written. */
  write(records: Uint8Array): void {
    const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
    const blocks: Uint8Array[] = [];
    for (let at = 0; at + RECORD <= records.length;) {
      const captured = view.getUint32(at + 8, true);
      const seconds = BigInt(view.getUint32(at, true));
      const rest = BigInt(view.getUint32(at + 4, true)) * this.#fraction;
      this.#time = seconds * 1_000_000_000n + rest;
      const length = view.getUint32(at + 12, true);
      const octets = records.subarray(at + RECORD, at + RECORD + captured);
      blocks.push(packet(this.#time, length, octets));
      at += RECORD + captured;
    }
    for (const one of blocks) this.#put(one);
  }

  /**
   * Ends the file.
   *
   * @param dropped packets that the kernel did not hand over
   */
  close(dropped: number): void {
    const about = new DataView(new ArrayBuffer(12));
    about.setUint32(4, Number(this.#time >> 32n), true);
    about.setUint32(8, Number(this.#time & 0xffff_ffffn), true);
    const count = new DataView(new ArrayBuffer(8));
    count.setBigUint64(0, BigInt(dropped), true);
    this.#put(block(STATISTICS, [
      new Uint8Array(about.buffer),
      option(OPTION.dropped, new Uint8Array(count.buffer)),
      option(0, new Uint8Array()),
    ]));
    this.#file.close();
  }

  #put(octets: Uint8Array): void {
    for (let left = octets; left.length > 0;) {
      left = left.subarray(this.#file.writeSync(left));
    }
  }
}

function packet(time: bigint, length: number, octets: Uint8Array): Uint8Array {
  const whole = padded(octets.length) + AROUND;
  const view = new DataView(new ArrayBuffer(whole));
  const bytes = new Uint8Array(view.buffer);
  view.setUint32(0, PACKET, true);
  view.setUint32(4, whole, true);
  view.setUint32(12, Number(time >> 32n), true);
  view.setUint32(16, Number(time & 0xffff_ffffn), true);
  view.setUint32(20, octets.length, true);
  view.setUint32(24, length, true);
  bytes.set(octets, 28);
  view.setUint32(whole - 4, whole, true);
  return bytes;
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
