import { Failure } from "../host/failure.ts";
import { linkName, linkTypeOf } from "../host/link_type.ts";
import type { OutputStream } from "../host/streams.ts";
import type { PacketInterface, Packets } from "../observe/packet_list.ts";
import { OutputFile } from "./output_file.ts";

/** Times are in nanoseconds. */
const MAGIC = 0xa1b23c4d;
const VERSION = 0x0004_0002; // 2.4: two numbers of 16 bits
const RECORD = 16;
const BILLION = 1_000_000_000n;
/** Seconds have 32 bits: all times are before this one, in 2106. */
const END = (1n << 32n) * BILLION;
const ETHERNET = 1;
/** Octets of a packet at most, where nothing is known of them. */
const LONGEST = 262_144;

/** Writes a capture file of packets of one link type (draft-ietf-opsawg-pcap). */
export class PcapWriter {
  readonly #file: OutputFile;
  /** The link type as it stands in the file, and as the first packet had it. */
  #linkType: number | null = null;
  #seen: number | null = null;
  /** As it stands in the file: readers cut what is longer. */
  #snaplen = 0;

  /**
   * Opens the file, which is made or emptied; standard output is open already.
   *
   * @param inputs files that are being read, and so must not be emptied
   * @param seenOn interfaces that packets will surely come from
   * @throws {Failure} when it cannot be written, or cannot hold packets of all these
   */
  constructor(
    path: string | OutputStream,
    inputs: readonly string[],
    seenOn: readonly PacketInterface[] = [],
  ) {
    const [one, other] = new Set(seenOn.map(({ linkType }) => linkTypeOf(linkType)));
    if (one !== undefined && other !== undefined) throw unfit(ofTwoLinks(one, other));
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
    let length = 0;
    let longest = packets.seenOn(0).snaplen;
    for (let i = 0; i < count; i++) {
      const captured = packets.captured(i);
      length += RECORD + captured;
      if (captured > longest) longest = captured;
    }
    this.#begin(packets.seenOn(0).linkType, longest);
    const records = new Uint8Array(length);
    const view = new DataView(records.buffer);
    let at = 0;
    let second = 0; // and when it begins: most packets share theirs with the one before
    let begin = 0n;
    for (let i = 0; i < count; i++) {
      const captured = packets.captured(i);
      const unfit = this.#unfit(packets.seenOn(i).linkType, packets.time(i), captured);
      if (unfit !== null) {
        this.#file.write(records.subarray(0, at));
        throw unfit;
      }
      const time = packets.time(i);
      if (time < begin || time >= begin + BILLION) {
        second = Number(time / BILLION);
        begin = BigInt(second) * BILLION;
      }
      view.setUint32(at, second, true);
      view.setUint32(at + 4, Number(time - begin), true);
      view.setUint32(at + 8, captured, true);
      view.setUint32(at + 12, packets.wireLength(i), true);
      records.set(packets.frame(i), at + RECORD);
      at += RECORD + captured;
    }
    this.#file.write(records);
  }

  /** Closes it. Without a packet it is one of Ethernet. */
  close(): void {
    try {
      this.#begin(ETHERNET, LONGEST);
    } finally {
      this.#file.close();
    }
  }

  #begin(linkType: number, snaplen: number): void {
    if (this.#linkType !== null) return;
    this.#seen = linkType;
    this.#snaplen = snaplen;
    this.#linkType = linkTypeOf(linkType);
    const words = [MAGIC, VERSION, 0, 0, snaplen, this.#linkType];
    const header = new DataView(new ArrayBuffer(24));
    words.forEach((word, i) => header.setUint32(i * 4, word, true));
    this.#file.write(new Uint8Array(header.buffer));
  }

  /** What to throw when a pcap file cannot hold a packet. */
  #unfit(seen: number, time: bigint, captured: number): Failure | null {
    const isOther = seen !== this.#seen && linkTypeOf(seen) !== this.#linkType;
    if (!isOther && time < END && captured <= this.#snaplen) return null;
    const what = isOther
      ? ofTwoLinks(this.#linkType!, seen)
      : time < END
      ? `packets of two snapshot lengths, of which one is ${this.#snaplen} octets`
      : "a time after 2106";
    return unfit(what);
  }
}

function ofTwoLinks(one: number, other: number): string {
  return `packets of two link types, ${linkName(one)} and ${linkName(other)}`;
}

function unfit(what: string): Failure {
  return new Failure(
    `a pcap file cannot hold ${what}: write to a name that ends in .pcapng, which can`,
  );
}
