import type { OutputStream } from "../host/streams.ts";
import { OutputFile } from "./output_file.ts";

/** The parameters of a capture file. */
export interface PcapHeader {
  /** `pcap_datalink` value. */
  readonly linkType: number;
  /** Octets kept of each packet at most. */
  readonly snaplen: number;
  /** What one unit of a time's fraction is worth, in nanoseconds. */
  readonly fraction: 1 | 1000;
}

const MAGIC = { 1: 0xa1b23c4d, 1000: 0xa1b2c3d4 } as const;
const VERSION = 0x0004_0002; // 2.4: two numbers of 16 bits

// Raw IP is the one link type read here whose number in files is not that of libpcap's calls
const DLT_RAW = 12;
const LINKTYPE_RAW = 101;

/** Writes a capture file of packets as pcap_dump(3) gives them. */
export class PcapWriter {
  readonly #file: OutputFile;

  /**
   * Opens the file, which is made or emptied; standard output is open already.
   *
   * @param inputs files that are being read, and so must not be emptied
   * @throws {Failure} when it cannot be written
   */
  constructor(path: string | OutputStream, inputs: readonly string[], header: PcapHeader) {
    this.#file = OutputFile.open(path, inputs);
    const { linkType, snaplen, fraction } = header;
    const link = linkType === DLT_RAW ? LINKTYPE_RAW : linkType;
    // In the byte order of this host, as the records are
    const words = new Uint32Array([MAGIC[fraction], VERSION, 0, 0, snaplen, link]);
    this.#file.write(new Uint8Array(words.buffer));
  }

  /**
   * Writes whole records.
   *
   * @throws {Failure} when the disk is full or gone; the file then ends with the last batch that fits
   */
  write(records: Uint8Array): void {
    if (records.length > 0) this.#file.write(records);
  }

  close(): void {
    this.#file.close();
  }
}
