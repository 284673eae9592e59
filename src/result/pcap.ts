import { Failure } from "../host/failure.ts";
import { linkName, linkTypeOf } from "../host/link_type.ts";
import type { OutputStream } from "../host/streams.ts";
import type { Packets } from "../observe/packet_list.ts";
import { OutputFile } from "./output_file.ts";

/** Times are in nanoseconds. */
const MAGIC = 0xa1b23c4d;
const VERSION = 0x0004_0002; // 2.4: two numbers of 16 bits
const RECORD = 16;
const BILLION = 1_000_000_000n;
/** Seconds have 32 bits: no time is later than in 2106. */
const LATEST = 0xffff_ffffn;
const ETHERNET = 1;
/** Octets of a packet at most: what comes of several interfaces has several limits. */
const LONGEST = 262_144;

/** Writes a capture file of packets of one link type (draft-ietf-opsawg-pcap). */
export class PcapWriter {
  readonly #file: OutputFile;
  #linkType: number | null = null;

  /**
   * Opens the file, which is made or emptied; standard output is open already.
   *
   * @param inputs files that are being read, and so must not be emptied
   * @throws {Failure} when it cannot be written
   */
  constructor(path: string | OutputStream, inputs: readonly string[]) {
    this.#file = OutputFile.open(path, inputs);
  }

  /**
   * Writes packets.
   *
   * @throws {Failure} when the disk is full or gone; the file then ends with the last batch that
   *   fits. When a pcap file cannot hold a packet; those before it are written.
   */
  write(packets: Packets): void {
    const { count } = packets;
    if (count === 0) return;
    this.#begin(packets.seenOn(0).linkType);
    let length = 0;
    for (let i = 0; i < count; i++) length += RECORD + packets.frame(i).length;
    const records = new Uint8Array(length);
    const view = new DataView(records.buffer);
    let at = 0;
    for (let i = 0; i < count; i++) {
      const unfit = this.#unfit(packets, i);
      if (unfit !== null) {
        this.#file.write(records.subarray(0, at));
        throw unfit;
      }
      const frame = packets.frame(i);
      const time = packets.time(i);
      const seconds = time / BILLION;
      view.setUint32(at, Number(seconds), true);
      view.setUint32(at + 4, Number(time - seconds * BILLION), true);
      view.setUint32(at + 8, frame.length, true);
      view.setUint32(at + 12, packets.wireLength(i), true);
      records.set(frame, at + RECORD);
      at += RECORD + frame.length;
    }
    this.#file.write(records);
  }

  /** Closes it. Without a packet it is one of Ethernet. */
  close(): void {
    try {
      this.#begin(ETHERNET);
    } finally {
      this.#file.close();
    }
  }

  #begin(linkType: number): void {
    if (this.#linkType !== null) return;
    this.#linkType = linkTypeOf(linkType);
    const words = [MAGIC, VERSION, 0, 0, LONGEST, this.#linkType];
    const header = new DataView(new ArrayBuffer(24));
    words.forEach((word, i) => header.setUint32(i * 4, word, true));
    this.#file.write(new Uint8Array(header.buffer));
  }

  /** What to throw when a pcap file cannot hold a packet. */
  #unfit(packets: Packets, i: number): Failure | null {
    const linkType = linkTypeOf(packets.seenOn(i).linkType);
    const why = linkType !== this.#linkType
      ? `packets of two link types, ${linkName(this.#linkType!)} and ${linkName(linkType)}`
      : packets.time(i) / BILLION > LATEST
      ? "a time after 2106"
      : null;
    if (why === null) return null;
    return new Failure(
      `a pcap file cannot hold ${why}: write to a name that ends in .pcapng, which can`,
    );
  }
}
